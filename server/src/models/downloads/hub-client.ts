/** Asks the hub of models and whoever it sends us to, or another machine of the cluster. */
import { type Client, createClient } from '../../fetching';
import { orAborted } from '../../or-aborted';

export const peerProtocol = 'vramesh:';

/** Asks another machine of the cluster, at "vramesh://<node id>/<file>". Never follows anywhere. */
export type FromPeer = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<Response>;

export interface HubClientOptions {
  readonly endpoint: URL;
  /** Shown to the host of `endpoint` and to nobody else. */
  readonly token: string | null;
  readonly fromPeer: FromPeer;
}

export function createHubClient({ endpoint, token, fromPeer }: HubClientOptions): Client {
  const web = createClient({
    authorization: (url) => (token !== null && url.origin === endpoint.origin ? `Bearer ${token}` : null),
    notJson: (host) => `${host} does not answer as Hugging Face does. Is HF_ENDPOINT right?`,
    refusal: (status, host) => refusal(status, host, token !== null),
  });
  return {
    ...web,
    get: (url, headers, signal) =>
      url.protocol === peerProtocol
        ? orAborted(fromPeer(url, headers, signal), signal)
        : web.get(url, headers, signal),
  };
}

function refusal(status: number, host: string, hasToken: boolean): string | null {
  switch (status) {
    case 401:
    case 403:
      return hasToken
        ? `${host} refuses the token in HF_TOKEN (HTTP ${status}). Accept the model's terms on its page, or check that the token may read it and that the name is right.`
        : `${host} wants a token (HTTP ${status}): the model is gated, private, or not there. Accept its terms on its page, and start the host with HF_TOKEN set.`;
    case 404:
    case 410:
      return `${host} has no such file any more (HTTP ${status}). Check the name on the model's page.`;
    default:
      return null;
  }
}
