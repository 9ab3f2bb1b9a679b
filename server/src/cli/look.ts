/** How wide and how colourful a text on the terminal is, and the blocks that all tables have in common. */
import { type Colour, createPaint, type Paint, plain, wrap } from './terminal-text';

const narrowest = 60;
const widest = 120;

export interface Look {
  /** Terminal columns. */
  readonly width: number;
  readonly paint: Paint;
}

/** `width` in terminal columns; lines are 60 to 120 columns long. */
export function createLook({ width, color }: { width: number; color: boolean }): Look {
  return { width: Math.min(Math.max(width, narrowest), widest), paint: createPaint(color) };
}

/** As it suits what stdout is connected to. */
export function stdoutLook(): { width: number; color: boolean } {
  return { width: process.stdout.columns || 100, color: process.stdout.isTTY && !process.env.NO_COLOR };
}

/** Words that must be readable whole: wrapped, not cut. */
export function noteLines({ width, paint }: Look, colour: Colour, label: string, text: string): string[] {
  const margin = ' '.repeat(label.length + 2);
  return wrap(plain(text), width - margin.length).map((line, index) => {
    return paint(colour, index === 0 ? ` ${label} ${line}` : `${margin}${line}`);
  });
}
