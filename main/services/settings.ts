// Calls about what people have chosen.
import type { Emit, Handlers } from '../contract/calls.ts';
import { settingNames, settingsFrom } from '../contract/settings.ts';
import type { Library } from '../store/index.ts';

const key = (name: string) => `page:${name}`;

export function createSettings(
  library: Library,
  { emit, toWrite }: { emit: Emit; toWrite: () => void },
): Pick<Handlers, 'settings.get' | 'settings.set'> {
  const read = () => settingsFrom((name) => library.settings.get(key(name)));
  return {
    'settings.get': async () => read(),
    async 'settings.set'(wanted) {
      toWrite();
      library.transaction(() => {
        for (const name of settingNames) if (wanted[name] !== undefined) library.settings.put(key(name), wanted[name]);
      });
      const after = read();
      emit('settings.changed', after);
      return after;
    },
  };
}
