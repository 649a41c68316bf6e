// Keyboard shortcuts. Single letters rest while a field has the focus, and while a dialog or menu is open.

export type Shortcuts = Record<string, () => void>;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(radio|checkbox|range)$/.test((target as HTMLInputElement).type)));

/** A `keydown` listener: keys by the name of `KeyboardEvent.key`, with `Ctrl+` in front for Ctrl or ⌘, `Shift+` for a named key with it. */
export function shortcuts(table: Shortcuts): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if (document.querySelector('dialog[open], [popover]:popover-open')) return;
    // Choosing all and undoing are the field's own while it has the focus.
    if (typing(event.target) && (command ? /^[az]$/i.test(event.key) : event.key !== 'Escape')) return;
    const run = table[command ? `Ctrl+${event.key}` : event.shiftKey && `Shift+${event.key}` in table ? `Shift+${event.key}` : event.key];
    if (!run) return;
    event.preventDefault();
    run();
  };
}

/** Space presses what has the focus, if that can be pressed. */
export const usesSpace = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('button, a, summary, input, select, textarea, [role="tab"], [role="menu"], [role="slider"]') !== null;

/** Left and right belong to whatever control has the focus, if it uses them. */
export const usesArrows = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, select, textarea, [role="slider"], [role="menu"], [role="radiogroup"], [role="tablist"]') !== null;
