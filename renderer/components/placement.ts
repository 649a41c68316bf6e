/** Where a list or panel of the top layer stands: under what opened it and flush with its right (`end`) or left (`start`) edge, above it
 *  where there is no room below, and inside the window. */
export function placeBy(anchor: HTMLElement, panel: HTMLElement, align: 'start' | 'end'): { left: number; top: number } {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = at.bottom + 4 + height <= window.innerHeight;
  return {
    left: Math.max(8, Math.min(align === 'end' ? at.right - width : at.left, window.innerWidth - width - 8)),
    top: below ? at.bottom + 4 : Math.max(8, at.top - 4 - height),
  };
}
