/** Requests that no route takes: 404 for an unknown path, 405 for a known path with another method. */
import { sendError } from './errors';
import type { ApiServer } from './server';

/** Answers before a body is read. Must be called before the first route is registered, to see them all. */
export function rejectUnrouted(app: ApiServer): void {
  const routes: { path: RegExp; methods: readonly string[] }[] = [];

  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ path: pathPattern(url), methods: [method].flat() });
  });

  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    const path = request.url.split('?', 1)[0]?.slice(0, 200) ?? '';
    const allowed = routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    if (allowed.length > 0) {
      reply.header('allow', allowed.join(', '));
      sendError(reply, 405, `${path} does not take ${request.method}, only ${allowed.join(', ')}.`);
    } else {
      sendError(reply, 404, `There is nothing at ${path}. GET /openapi.json lists what there is.`);
    }
  });
}

/** `/instance/:id` as a pattern: every parameter is one segment of the path. */
function pathPattern(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    return segment.startsWith(':') ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}
