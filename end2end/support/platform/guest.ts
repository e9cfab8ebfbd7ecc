/** Somebody in front of a browser, at an app that runs behind a platform's gateway. */

import type { Page } from '@playwright/test';

import { ADA, type Person } from '../../oidc-provider/people.ts';
import type { AppServer } from '../app-server.ts';
import type { Complaints } from '../complaints.ts';
import { Visitor } from '../visitor.ts';
import type { StandIn } from './stand-in.ts';

export interface PlatformSurroundings {
  readonly app: AppServer;
  readonly standIn: StandIn;
  readonly complaints: Complaints;
  /** Whether this browser runs scripts. */
  readonly scripts: boolean;
}

export class Guest extends Visitor {
  readonly #runsScripts: boolean;

  constructor(page: Page, { app, standIn, complaints, scripts }: PlatformSurroundings) {
    const provider = {
      // Its picker is the same.
      kind: 'development' as const,
      issuer: standIn.origin,
      clientId: '',
      secrets: new Set<string>(),
      faults: [],
      asksAtSignOut: false,
      signIn: (at: Page, person: Person) => at.getByRole('button', { name: person.name }).click(),
    };
    super(page, { app, provider, complaints, scripts });
    this.#runsScripts = scripts;
  }

  /** Signs in and arrives at the account page; there is no limit that a page could count down. */
  override async signIn(person: Person = ADA): Promise<void> {
    await this.startSigningIn();
    const listens = this.#runsScripts ? this.listens() : undefined;
    await this.signInAtProvider(person);
    await this.isAt('/account');
    await listens;
  }

  /** Asks for the account page and for the way to sign in. True: the platform asks who one is. */
  async isAskedWhoOneIs(): Promise<boolean> {
    await this.goto('/account');
    await this.main.getByRole('link', { name: 'Sign in', exact: true }).click();
    const asked = this.page.getByRole('button', { name: ADA.name });
    const signedIn = this.page.getByRole('heading', { level: 1, name: 'Your account' });
    await asked.or(signedIn).waitFor();
    return asked.isVisible();
  }
}
