/** axe-core, run inside a page: what it finds wrong, in words. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import * as z from 'zod';

const resultSchema = z.array(
  z.object({
    id: z.string(),
    help: z.string(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
  }),
);

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Empty: nothing was found. */
export async function axeFindings(page: Page | Frame): Promise<string[]> {
  const source = readFileSync(path.resolve('node_modules/axe-core/axe.min.js'), 'utf8');
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(source);
  const violations = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ['violations'] }).then((found) => found.violations)`,
  );
  return resultSchema
    .parse(violations)
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\n  ${failureSummary}`).join('\n')}`,
    );
}
