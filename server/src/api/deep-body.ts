/** A body that is nested without end is read well, but would be too much for whatever goes down into it. */
import { HttpError } from './errors';
import type { ApiServer } from './server';

export function refuseDeepBodies(app: ApiServer, deepest: number): void {
  app.addHook('preValidation', (request, _reply, done) => {
    if (isDeeperThan(deepest, request.body))
      done(new HttpError(400, `The body is nested deeper than ${deepest}.`));
    else done();
  });
}

function isDeeperThan(deepest: number, body: unknown): boolean {
  let level = [body].filter(isNesting);
  for (let depth = 0; depth < deepest; depth++)
    level = level.flatMap((value): unknown[] => Object.values(value)).filter(isNesting);
  return level.length > 0;
}

function isNesting(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
