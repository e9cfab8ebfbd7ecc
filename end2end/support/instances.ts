/** Three instances of the app on one store, behind one proxy that sends each request to another. */

import { randomBytes } from 'node:crypto';

import { startCertifiedProvider } from '../oidc-provider/index.ts';
import { AppServer } from './app-server.ts';
import { Nginx } from './nginx.ts';
import { freePort } from './ports.ts';
import { environmentFor, seenByTests, type Provider } from './provider.ts';
import { startStore, type StoreKind } from './stores.ts';

export interface Fleet {
  /** One of them stands for all: it has the address under which browsers reach the app. */
  readonly app: AppServer;
  /** Sign-ins end here, where that is known. */
  readonly first: AppServer;
  /** The provider calls here, where that is known. */
  readonly second: AppServer;
  /** Open tabs listen here, where that is known. */
  readonly third: AppServer;
  readonly provider: Provider;
  stop(): Promise<void>;
}

/**
 * `known`: the test knows who answers the callback, the provider and the open tabs. Else each request goes to whoever's turn it
 * is, and all through the file of the documentation.
 */
export async function startFleet(store: StoreKind, known: boolean): Promise<Fleet> {
  const cleanups: Array<() => Promise<void>> = [];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.reverse()) {
      await cleanup();
    }
  };
  try {
    const proxyPort = await freePort();
    const publicUrl = `http://localhost:${proxyPort}`;
    const ports = [await freePort(), await freePort(), await freePort()] as const;
    const certified = await startCertifiedProvider(
      await freePort(),
      {
        redirectUri: `${publicUrl}/auth/callback`,
        postLogoutRedirectUri: `${publicUrl}/logged-out`,
        backchannelLogoutUri: `${publicUrl}/auth/backchannel-logout`,
        sessionRequired: true,
      },
      {},
    );
    cleanups.push(() => certified.stop());
    const shared = await startStore(store);
    cleanups.push(() => shared.stop());
    const environment = {
      ...environmentFor(certified),
      EXEUNT_TRUSTED_PROXIES: '127.0.0.1/32',
      EXEUNT_KEYS: randomBytes(32).toString('base64'),
      EXEUNT_STORE: shared.address,
    };
    // At once: whoever comes first makes the tables, and the others find them.
    const starting = ports.map(async (port) => {
      const app = await AppServer.start({ host: 'localhost', port, prefix: '', publicUrl, environment });
      cleanups.push(() => app.dispose());
      return app;
    });
    const settled = await Promise.allSettled(starting);
    const apps = settled.map((one) => {
      if (one.status === 'rejected') {
        throw one.reason;
      }
      return one.value;
    });
    const [first, second, third] = apps as [AppServer, AppServer, AppServer];
    const fixed = {
      '/auth/callback': ports[0],
      '/auth/backchannel-logout': ports[1],
      '/auth/events': ports[2],
    };
    const nginx = await Nginx.balance(proxyPort, { ports, fixed: known ? fixed : {} });
    cleanups.push(() => nginx.stop());
    return { app: first, first, second, third, provider: seenByTests(certified), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
