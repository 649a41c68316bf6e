/** A coordinate to a hundredth of a pixel. */
export const px = (v: number): string => String(Math.round(v * 100) / 100);
