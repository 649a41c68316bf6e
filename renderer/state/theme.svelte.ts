// Light or dark: the system's, until the person chooses; the choice is kept.

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];
const key = 'kernelscope.theme';

const kept = (): ThemeChoice => {
  const value = localStorage.getItem(key) as ThemeChoice | null;
  return value && themeChoices.includes(value) ? value : 'system';
};

export class Theme {
  #system = window.matchMedia('(prefers-color-scheme: dark)');
  #systemDark = $state(this.#system.matches);
  choice = $state<ThemeChoice>(kept());
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

  /** System, light, dark, and round again. */
  next(): void {
    this.choice = themeChoices[(themeChoices.indexOf(this.choice) + 1) % themeChoices.length];
    localStorage.setItem(key, this.choice);
    this.#mark();
  }

  #mark(): void {
    document.documentElement.dataset['theme'] = this.shown;
  }
}
