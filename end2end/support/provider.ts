/** The two providers, as a test sees them. */

import type { Page } from '@playwright/test';

import { startCertifiedProvider, startHop, type CertifiedProvider } from '../oidc-provider/index.ts';
import type { Person } from '../oidc-provider/people.ts';
import { AppServer, type Host } from './app-server.ts';
import { freePort } from './ports.ts';

export type ProviderKind = 'development' | 'certified';

/** What the certified provider does otherwise than it should, or than most do. */
export type ProviderHabit =
  | 'ordinary'
  | 'hops to another origin'
  | 'end-session address is wrong'
  | 'its logout tokens name the person only';

/** How the app is started. */
export interface Wishes {
  readonly host: Host;
  readonly prefix: string;
  /** Settings of the app, as environment. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface Provider {
  readonly kind: ProviderKind;
  readonly issuer: string;
  readonly clientId: string;
  /** What it has given out, where it is known. */
  readonly secrets: ReadonlySet<string>;
  /** What went wrong inside of it, where that is known. */
  readonly faults: readonly unknown[];
  /** Whether it asks before it ends a session. */
  readonly asksAtSignOut: boolean;
  /** Answers the page that asks who one is. */
  signIn(page: Page, person: Person): Promise<void>;
}

/** What runs during one test. */
export interface Stage {
  readonly app: AppServer;
  readonly provider: Provider;
  stop(): Promise<void>;
}

export async function startStage(kind: ProviderKind, habit: ProviderHabit, wishes: Wishes): Promise<Stage> {
  return kind === 'development' ? startDevelopment(wishes) : startCertified(habit, wishes);
}

/** The server starts it itself, ten ports above its own. */
async function startDevelopment({ host, prefix, settings }: Wishes): Promise<Stage> {
  const port = await freePort([0, 10]);
  const app = await AppServer.start({ host, port, prefix, environment: settings });
  const provider: Provider = {
    kind: 'development',
    issuer: `http://127.0.0.1:${port + 10}`,
    clientId: 'exeunt',
    secrets: new Set(),
    faults: [],
    asksAtSignOut: false,
    signIn: (page, person) => page.getByRole('button', { name: person.name }).click(),
  };
  return { app, provider, stop: () => app.dispose() };
}

async function startCertified(habit: ProviderHabit, { host, prefix, settings }: Wishes): Promise<Stage> {
  const port = await freePort();
  const issuerPort = await freePort();
  const hopPort = await freePort();
  const cleanups: Array<() => Promise<void>> = [];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.reverse()) {
      await cleanup();
    }
  };
  try {
    const certified = await startCertifiedProvider(
      issuerPort,
      {
        redirectUri: `http://${host}:${port}${prefix}/auth/callback`,
        postLogoutRedirectUri: `http://${host}:${port}${prefix}/logged-out`,
        backchannelLogoutUri: `http://${host}:${port}${prefix}/auth/backchannel-logout`,
        sessionRequired: habit !== 'its logout tokens name the person only',
      },
      {
        ...(habit === 'hops to another origin' && { hop: `http://localhost:${hopPort}` }),
        endSessionNowhere: habit === 'end-session address is wrong',
      },
    );
    cleanups.push(() => certified.stop());
    if (habit === 'hops to another origin') {
      cleanups.push(await startHop(hopPort, certified.issuer));
    }
    const environment = { ...environmentFor(certified), ...settings };
    const app = await AppServer.start({ host, port, prefix, environment });
    cleanups.push(() => app.dispose());
    return { app, provider: seenByTests(certified), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The certified provider, as a test sees it. */
export function seenByTests({ issuer, clientId, secrets, faults }: CertifiedProvider): Provider {
  return {
    kind: 'certified',
    issuer,
    clientId,
    secrets,
    faults,
    asksAtSignOut: true,
    signIn: (page, person) => page.getByRole('button', { name: person.name }).click(),
  };
}

/** What the app must be told of the certified provider. */
export function environmentFor({ issuer, clientId, clientSecret }: CertifiedProvider): Record<string, string> {
  return { EXEUNT_ISSUER: issuer, EXEUNT_CLIENT_ID: clientId, EXEUNT_CLIENT_SECRET: clientSecret };
}
