/** Collects what the model writes, says when it is enough, and which lines are certain before that. */
import type { FimTokens } from '#protocol';
import { indexOfSpecialToken } from '../filters/special-tokens';
import { indentation, isBlank } from '../lines';
import { blockEnd, startColumn } from './block-end';
import { lineEnd } from './line-end';
import { repetition } from './repetition';
import { type Start, type StopRule, written } from './rule';
import { suffixReached } from './suffix-reached';
import { syntaxEnd } from './syntax-end';

/** Lines that one completion may have. */
const MAX_LINES = 16;
/** UTF-16 units; only a broken engine writes more. */
const MAX_LENGTH = 16_384;

/** In order: the first that stops decides. */
const rules: readonly StopRule[] = [suffixReached, repetition, syntaxEnd, blockEnd, lineEnd];

export interface Collector {
  /** Takes the next piece; false when the completion is complete and nothing more is wanted. */
  take(piece: string): boolean;
  /** What stands, without what was before the cursor. */
  text(): string;
  /** The beginning of it that no further piece changes: whole lines, the last one not blank. null: nothing yet. */
  finalText(): string | null;
  /** What had enough, in the user's words; null: nothing yet. */
  stopped(): string | null;
}

export function createCollector(start: Start, fim: FimTokens): Collector {
  const { linePrefix } = start;
  let lines: readonly string[] = [];
  let current = linePrefix;
  let length = 0;
  /** Of `lines`, those that stand whatever comes. */
  let certain = 0;
  /** What had enough; null: more is wanted. */
  let stopped: string | null = null;

  function take(piece: string): boolean {
    length += piece.length;
    current += piece.replaceAll('\r', '');
    const own = lines.length === 0 ? linePrefix.length : 0;
    const leak = indexOfSpecialToken(current.slice(own), fim);
    if (leak >= 0) current = current.slice(0, own + leak);

    for (let end = current.indexOf('\n'); end >= 0 && stopped === null; end = current.indexOf('\n')) {
      const all = [...lines, current.slice(0, end)];
      const verdict = judge(all);
      lines = all.slice(0, verdict?.standing ?? MAX_LINES);
      current = verdict === null ? current.slice(end + 1) : '';
      stopped = verdict?.rule ?? (lines.length === MAX_LINES ? `${MAX_LINES} lines` : null);
      if (stopped === null) certain = Math.max(certain, countCertain(lines));
    }
    if (lines.length === MAX_LINES) current = '';
    if (leak >= 0) stopped ??= 'a special token';
    if (length >= MAX_LENGTH) stopped ??= `${MAX_LENGTH} characters`;
    if (dedents()) stopped ??= blockEnd.name;
    return stopped === null;
  }

  function judge(all: readonly string[]): { readonly standing: number; readonly rule: string } | null {
    for (const { name, ends } of rules) {
      const standing = ends(all, start);
      if (standing !== null) return { standing: Math.max(standing, certain), rule: name };
    }
    return null;
  }

  function countCertain(all: readonly string[]): number {
    const standing = all.slice(
      0,
      all.length - Math.max(...rules.map((rule) => rule.mayTakeBack(all, start))),
    );
    return standing.findLastIndex((line) => !isBlank(line)) + 1;
  }

  /** The line just begun is left of where the completion started: known before the line is complete. */
  function dedents(): boolean {
    return lines.length > 0 && !isBlank(current) && indentation(current) < startColumn(lines);
  }

  function text(): string {
    const all = current === '' ? lines : [...lines, current];
    const verdict = current === '' ? null : judge(all);
    return written(all.slice(0, verdict?.standing ?? MAX_LINES), start);
  }

  function finalText(): string | null {
    const final = stopped !== null ? text() : written(lines.slice(0, certain), start);
    return isBlank(final) ? null : final;
  }

  return { take, text, finalText, stopped: () => stopped };
}
