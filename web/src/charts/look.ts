// Colours and type of the style sheet, as a canvas needs them.

export interface Look {
  ink: string;
  soft: string;
  line: string;
  surface: string;
  font: string;
  /** The colour of a series by its name; ink when there is none of that name. */
  colour: (name: string) => string;
}

export function lookOf(element: Element): Look {
  const style = getComputedStyle(element);
  const named = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const ink = named('ink') || style.color;
  return {
    ink,
    soft: named('soft') || ink,
    line: named('line') || ink,
    surface: named('surface') || 'transparent',
    font: style.fontFamily,
    colour: (name) => named(`chart-${name}`) || ink,
  };
}
