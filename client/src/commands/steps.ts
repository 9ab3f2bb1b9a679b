/** VS Code adds up what a progress reports: this turns "so far" into what to add, never back and never past 100 %. */
export function createSteps(): (percent: number | null) => number {
  let reported = 0;
  return (percent) => {
    const step = Math.max(0, Math.min(100, percent ?? 0) - reported);
    reported += step;
    return step;
  };
}
