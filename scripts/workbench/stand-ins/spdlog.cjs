/**
 * Stands in for `@vscode/spdlog`, the native log writer that our install does not compile. Without one VS Code writes no
 * log files, and an extension's output channel, which is such a file, stays empty. Same names, no rotation.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const path = require('node:path');

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  #file;
  #level = 2;
  #bare = false;

  /** @param {string} file */
  constructor(file) {
    this.#file = file;
    for (const [level, name] of levels.entries())
      Object.defineProperty(this, name, { value: (/** @type {string} */ text) => this.#write(level, text) });
  }

  getLevel() {
    return this.#level;
  }

  /** @param {number} level */
  setLevel(level) {
    this.#level = level;
  }

  /** The caller formats its lines itself, line ends included. */
  clearFormatters() {
    this.#bare = true;
  }

  // Every line is formatted one way and written at once.
  setPattern() {}
  flush() {}
  drop() {}

  /**
   * @param {number} level
   * @param {string} text
   */
  #write(level, text) {
    if (level < this.#level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    try {
      appendFileSync(this.#file, this.#bare ? text : `${time} [${levels[level]}] ${text}\n`);
    } catch {
      // The folder of a workbench that is being stopped is gone: nobody will read this line.
    }
  }
}

/**
 * @param {string} _name
 * @param {string} file
 */
async function createLogger(_name, file) {
  mkdirSync(path.dirname(file), { recursive: true });
  return new Logger(file);
}

exports.setFlushOn = () => {};
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
