/** What runs during one test in platform mode: a platform, and the app behind its gateway, once or twice. */

import { randomBytes } from 'node:crypto';

import { AppServer } from '../app-server.ts';
import { freePort } from '../ports.ts';
import { StandIn, type Mounted } from './stand-in.ts';

/** How the app is run. */
export interface PlatformWishes {
  /** How extensions are told apart: by a path below one origin, or by a port each. */
  readonly routing: 'path' | 'port';
  /** By what the app knows that the gateway is speaking. */
  readonly trust: 'signature' | 'peer';
  /** How many extensions there are. */
  readonly extensions: 1 | 2;
  /** Whether the gateway takes the path off. */
  readonly stripsPrefix: boolean;
  /** More settings of each, as environment. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface PlatformStage {
  readonly standIn: StandIn;
  /** The extensions, in the order they are mounted. */
  readonly apps: readonly AppServer[];
  /** Where they really listen: past the gateway. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

const PATHS = ['/runtime/apps/first', '/runtime/apps/second'] as const;

export async function startPlatform(wishes: PlatformWishes): Promise<PlatformStage> {
  const cleanups: Array<() => Promise<void>> = [];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.reverse()) {
      await cleanup();
    }
  };
  const port = await freePort();
  const controlPort = await freePort();
  const signatureSecret = randomBytes(32).toString('base64url');
  const environment = {
    KAMIWAZA_API_URL: `http://127.0.0.1:${port}/api`,
    KAMIWAZA_PUBLIC_API_URL: `http://localhost:${port}/api`,
    ...(wishes.trust === 'signature'
      ? { FORWARDAUTH_SIGNATURE_SECRET: signatureSecret }
      : { EXEUNT_TRUSTED_PROXIES: '127.0.0.1' }),
    ...wishes.settings,
  };
  try {
    const apps: AppServer[] = [];
    const ports: number[] = [];
    const mounted: Mounted[] = [];
    for (const path of PATHS.slice(0, wishes.extensions)) {
      const own = await freePort();
      const byPath = wishes.routing === 'path';
      const publicPort = byPath ? port : await freePort();
      const prefix = byPath ? path : '';
      const app = await AppServer.start({
        host: 'localhost',
        port: own,
        prefix,
        publicUrl: `http://localhost:${publicPort}${prefix}`,
        environment,
      });
      cleanups.push(() => app.dispose());
      apps.push(app);
      ports.push(own);
      mounted.push({ place: byPath ? path : `:${publicPort}`, port: own });
    }
    const standIn = await StandIn.start({
      port,
      controlPort,
      extensions: mounted,
      stripsPrefix: wishes.stripsPrefix,
      ...(wishes.trust === 'signature' && { signatureSecret }),
    });
    cleanups.push(() => standIn.stop());
    return { standIn, apps, ports, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
