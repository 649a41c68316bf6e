// Light or dark: the system's, until the person chooses. The host keeps the choice; the browser remembers it for the first paint.
import type { Settings } from '../../main/contract/settings.ts';

export type ThemeChoice = Settings['theme'];
export const themeChoices: readonly { value: ThemeChoice; label: string }[] = [
  { value: 'system', label: 'as the system' },
  { value: 'light', label: 'light' },
  { value: 'dark', label: 'dark' },
];
const key = 'kernelscope.theme';

const remembered = (): ThemeChoice => {
  const value = localStorage.getItem(key);
  return themeChoices.find((t) => t.value === value)?.value ?? 'system';
};

export class Theme {
  #system = window.matchMedia('(prefers-color-scheme: dark)');
  #systemDark = $state(this.#system.matches);
  choice = $state<ThemeChoice>(remembered());
  readonly shown: 'light' | 'dark' = $derived(this.choice === 'system' ? (this.#systemDark ? 'dark' : 'light') : this.choice);

  /** Follows the system and marks the page; call the result to stop. */
  start(): () => void {
    const follow = () => {
      this.#systemDark = this.#system.matches;
      this.#mark();
    };
    this.#system.addEventListener('change', follow);
    this.#mark();
    return () => this.#system.removeEventListener('change', follow);
  }

  /** What is kept, or was just chosen. */
  take(choice: ThemeChoice): void {
    if (choice === this.choice) return;
    this.choice = choice;
    localStorage.setItem(key, choice);
    this.#mark();
  }

  #mark(): void {
    document.documentElement.dataset['theme'] = this.shown;
  }
}
