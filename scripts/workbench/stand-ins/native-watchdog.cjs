/**
 * Stands in for `@vscode/native-watchdog`, which our install does not compile: ends this process (the extension host) soon
 * after the process that it belongs to has gone, however that ended.
 */

/** @param {number} pid */
exports.start = (pid) => {
  setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(87);
    }
  }, 1000).unref();
};
exports.exit = process.exit;
