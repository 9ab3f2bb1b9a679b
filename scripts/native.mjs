/** `npm run build`, its second half: compiles native/. Where that cannot be, it says why and fails. */
import { buildNative } from './native/build.mjs';

const lacking = await buildNative();
if (lacking !== null) {
  console.error(`native/ was not compiled: ${lacking}.`);
  process.exitCode = 1;
}
