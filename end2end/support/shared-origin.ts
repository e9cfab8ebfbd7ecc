/** Two apps, each with a provider of its own, on one origin behind one proxy: at two paths. */

import { startCertifiedProvider } from '../oidc-provider/index.ts';
import { AppServer } from './app-server.ts';
import { Nginx } from './nginx.ts';
import { freePort } from './ports.ts';
import { environmentFor, seenByTests, type Provider } from './provider.ts';

export interface Neighbour {
  readonly app: AppServer;
  readonly provider: Provider;
}

export interface SharedOrigin {
  readonly origin: string;
  /** Its proxy takes the prefix off. */
  readonly stripped: Neighbour;
  /** Its proxy leaves the prefix where it is. */
  readonly kept: Neighbour;
  stop(): Promise<void>;
}

export async function startSharedOrigin(): Promise<SharedOrigin> {
  const proxyPort = await freePort();
  const origin = `http://localhost:${proxyPort}`;
  const cleanups: Array<() => Promise<void>> = [];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.reverse()) {
      await cleanup();
    }
  };
  const behind = [
    { prefix: '/one', port: await freePort(), strips: true },
    { prefix: '/two/app', port: await freePort(), strips: false },
  ] as const;
  try {
    const neighbours: Neighbour[] = [];
    for (const { prefix, port } of behind) {
      neighbours.push(await startNeighbour(`${origin}${prefix}`, prefix, port, cleanups));
    }
    const nginx = await Nginx.start(proxyPort, behind);
    cleanups.push(() => nginx.stop());
    const [stripped, kept] = neighbours as [Neighbour, Neighbour];
    return { origin, stripped, kept, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startNeighbour(
  publicUrl: string,
  prefix: string,
  port: number,
  cleanups: Array<() => Promise<void>>,
): Promise<Neighbour> {
  const certified = await startCertifiedProvider(
    await freePort(),
    {
      redirectUri: `${publicUrl}/auth/callback`,
      postLogoutRedirectUri: `${publicUrl}/logged-out`,
      backchannelLogoutUri: `http://127.0.0.1:${port}${prefix}/auth/backchannel-logout`,
      sessionRequired: true,
    },
    {},
  );
  cleanups.push(() => certified.stop());
  const environment = { ...environmentFor(certified), EXEUNT_TRUSTED_PROXIES: '127.0.0.1/32' };
  const app = await AppServer.start({ host: 'localhost', port, prefix, publicUrl, environment });
  cleanups.push(() => app.dispose());
  return { app, provider: seenByTests(certified) };
}
