/** A letter for each placed model: how it is recognised on the bars of the devices that hold it. */
export interface Marks {
  /** Models keep their letters; those that are not named any more give theirs back. */
  assign(ids: readonly string[]): ReadonlyMap<string, string>;
}

export function createMarks(): Marks {
  let marks: ReadonlyMap<string, string> = new Map();
  return {
    assign(ids) {
      const next = new Map<string, string>();
      for (const id of ids) {
        const kept = marks.get(id);
        if (kept !== undefined) next.set(id, kept);
      }
      const used = new Set(next.values());
      let position = 0;
      for (const id of ids) {
        if (next.has(id)) continue;
        while (used.has(letters(position))) position += 1;
        used.add(letters(position));
        next.set(id, letters(position));
      }
      marks = next;
      return next;
    },
  };
}

/** A … Z, AA, AB, … */
function letters(position: number): string {
  const last = String.fromCharCode(65 + (position % 26));
  return position < 26 ? last : letters(Math.floor(position / 26) - 1) + last;
}
