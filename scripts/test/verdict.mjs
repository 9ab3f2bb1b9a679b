/**
 * What a run of the suites comes to. A few tests wait for real processes, and on two busy cores one of them may wait too
 * long. So the files of a few failures are run once more, alone; what passes then is named, because it wants mending, but
 * is no failure. Many failures, and those without a file, are what they are.
 */
import { runAlone } from './suites.mjs';

/** More files than this are no coincidence. */
const mostFiles = 3;

/**
 * @param {import('./suites.mjs').Results} results
 * @returns {Promise<boolean>} whether all is well; says it in the last line, `N passed, N failed`
 */
export async function judge({ passed, failures }) {
  const unsteady = await secondChance(failures);
  const failed = failures.filter((failure) => !unsteady.includes(failure));
  list('Passed only alone', unsteady);
  list('Failed', failed);
  console.log(`\n${passed + unsteady.length} passed, ${failed.length} failed`);
  return failed.length === 0;
}

/**
 * @param {readonly import('./suites.mjs').Failure[]} failures
 * @returns {Promise<readonly import('./suites.mjs').Failure[]>} those that have passed now
 */
async function secondChance(failures) {
  const files = [...new Set(failures.map(({ file }) => file))].filter((file) => file !== undefined);
  if (files.length === 0 || files.length > mostFiles || failures.some(({ file }) => !file)) return [];
  const again = await runAlone(files);
  return again.passed === 0 || again.failures.length > 0 ? [] : failures;
}

/**
 * @param {string} heading
 * @param {readonly import('./suites.mjs').Failure[]} failures
 */
function list(heading, failures) {
  if (failures.length === 0) return;
  console.log(`\n${heading}:`);
  for (const { title, message } of failures)
    console.log(`- ${title}\n    ${message.split('\n').join('\n    ')}`);
}
