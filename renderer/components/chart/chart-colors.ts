/** The app's own colours, as a canvas needs them: it reads no properties. */
export interface ChartColors {
  text: string;
  muted: string;
  line: string;
  surface: string;
  accent: string;
  success: string;
  warning: string;
  danger: string;
  /** For series that stand beside each other; each is told from the next in both themes. */
  series: string[];
}

/** Reads them as they are under the present theme. */
export function readChartColors(element: HTMLElement): ChartColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  // light-dark() is settled only where a colour is used.
  const read = (value: string): string => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const colors = {
    text: read('var(--text)'),
    muted: read('var(--text-2)'),
    line: read('var(--border)'),
    surface: read('var(--surface)'),
    accent: read('var(--accent)'),
    success: read('var(--success)'),
    warning: read('var(--warning)'),
    danger: read('var(--danger)'),
    series: [
      read('light-dark(#3f51b5, #93a2ff)'),
      read('light-dark(#00838f, #4dd0e1)'),
      read('light-dark(#b26a00, #f0b072)'),
      read('light-dark(#8a2f7c, #e29ad6)'),
      read('light-dark(#515a6b, #a9b1c1)'),
    ],
  };
  probe.remove();
  return colors;
}

/** Calls back when the theme becomes another. @returns a function that ends it */
export function watchTheme(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', onChange);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', onChange);
  };
}
