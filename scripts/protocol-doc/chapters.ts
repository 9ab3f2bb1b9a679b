/** Which schema is described where: in the chapter of the first message or document that holds it. */
import { type JsonSchema, references } from './schemas';

/** @param roots the schemas that a chapter is about; the chapters come in the order in which they claim. */
export function describeChapters<Chapter extends string>(
  named: ReadonlyMap<string, JsonSchema>,
  roots: Readonly<Record<Chapter, readonly string[]>>,
): Record<Chapter, readonly string[]> {
  const chapters: [Chapter, readonly string[]][] = [];
  const homeless = new Set(named.keys());
  for (const chapter in roots) {
    const claimed: string[] = [];
    const claim = (title: string): void => {
      if (!homeless.delete(title)) return;
      claimed.push(title);
      for (const part of references(named.get(title))) claim(part);
    };
    for (const root of roots[chapter]) claim(root);
    chapters.push([chapter, claimed]);
  }
  if (homeless.size > 0)
    throw new Error(
      `In no chapter: ${[...homeless].join(', ')}. Name them in scripts/protocol-doc/index.ts.`,
    );
  return Object.fromEntries(chapters) as Record<Chapter, readonly string[]>;
}
