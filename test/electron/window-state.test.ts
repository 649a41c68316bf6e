import { expect, test } from 'vitest';
import { placeOf, smallest, windowState } from '../../electron/window-state.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };
const left = { x: -1280, y: 100, width: 1280, height: 1024 };
const kept = { x: 200, y: 150, width: 1200, height: 800, maximized: false };
const bounds = { x: 200, y: 150, width: 1200, height: 800 };

test('a window comes back where it was, on any screen that is there', () => {
  expect(placeOf(kept, [screen])).toEqual(bounds);
  expect(placeOf({ ...kept, x: -1000 }, [screen, left])).toEqual({ ...bounds, x: -1000 });
  expect(placeOf(null, [screen])).toEqual({ width: 1440, height: 900 });
});

test('on a screen that is gone, or nearly outside of all, it gets a new place in its size', () => {
  const size = { width: 1200, height: 800 };
  expect(placeOf({ ...kept, x: -1000 }, [screen])).toEqual({ ...size, x: -1000, y: 150 }); // 200 pixels of its edge are still seen
  expect(placeOf({ ...kept, x: -1100 }, [screen])).toEqual(size);
  expect(placeOf({ ...kept, x: 1850 }, [screen])).toEqual(size);
  expect(placeOf({ ...kept, y: 1030 }, [screen])).toEqual(size);
  expect(placeOf({ ...kept, y: -300 }, [screen])).toEqual(size);
  expect(placeOf(kept, [])).toEqual({ width: 1200, height: 800 });
});

test('it fits its screen, and is never smaller than can be used', () => {
  expect(placeOf({ ...kept, width: 5000, height: 4000 }, [screen])).toMatchObject({ width: 1920, height: 1040 });
  expect(placeOf({ ...kept, width: 10, height: -5 }, [screen])).toMatchObject(smallest);
  expect(placeOf({ ...kept, y: -10 }, [screen])).toMatchObject({ y: 0 });
});

test('what is kept is looked at before it is believed', () => {
  expect(windowState.safeParse(kept).success).toBe(true);
  for (const wrong of [{}, { ...kept, x: '0' }, { ...kept, width: 1e9 }, { ...kept, x: NaN }, { ...kept, extra: 1 }, null])
    expect(windowState.safeParse(wrong).success).toBe(false);
});
