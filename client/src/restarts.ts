/** How often a host that ends is started anew by itself. Pure. */

const mostEnds = 4;
const windowMs = 3 * 60_000;

interface End {
  readonly time: number;
  readonly hadRun: boolean;
}

export class Restarts {
  #ends: readonly End[] = [];

  /**
   * Whether another one shall be started: not when hosts keep ending.
   *
   * @param hadRun the window had spoken with it
   */
  after(time: number, hadRun: boolean): boolean {
    this.#ends = [...this.#ends.filter((end) => time - end.time < windowMs), { time, hadRun }];
    // Who is quick still reaches the socket of a host that was killed: that is the same end, heard twice.
    const ends = this.#ends.filter((end, position) => end.hadRun || !this.#ends[position - 1]?.hadRun);
    return ends.length <= mostEnds;
  }

  /** The user has started one. */
  forget(): void {
    this.#ends = [];
  }
}
