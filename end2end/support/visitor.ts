/** Somebody in front of a browser. */

import { createHash, randomBytes } from 'node:crypto';

import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';

import { ADA, type Person } from '../oidc-provider/people.ts';
import type { AppServer } from './app-server.ts';
import type { Complaints } from './complaints.ts';
import type { Provider } from './provider.ts';

/** As `GET /api/auth/receipt` answers. */
export interface Receipt {
  readonly ended_at: number;
  readonly layers: ReadonlyArray<{ readonly layer: string; readonly status: string; readonly detail?: string }>;
}

export interface Surroundings {
  readonly app: AppServer;
  readonly provider: Provider;
  readonly complaints: Complaints;
  /** Whether this browser runs scripts. */
  readonly scripts: boolean;
}

export class Visitor {
  readonly page: Page;
  readonly #app: AppServer;
  readonly #provider: Provider;
  readonly #complaints: Complaints;
  readonly #scripts: boolean;
  readonly #surroundings: Surroundings;

  constructor(page: Page, surroundings: Surroundings) {
    this.page = page;
    this.#surroundings = surroundings;
    this.#app = surroundings.app;
    this.#provider = surroundings.provider;
    this.#complaints = surroundings.complaints;
    this.#scripts = surroundings.scripts;
  }

  /** The same person in another tab of the same browser. */
  async inAnotherTab(): Promise<Visitor> {
    return new Visitor(await this.context.newPage(), this.#surroundings);
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  get main(): Locator {
    return this.page.getByRole('main');
  }

  get headline(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** The button of the page itself; the head of the page has another. */
  get signOutButton(): Locator {
    return this.main.getByRole('button', { name: 'Sign out', exact: true });
  }

  /** The absolute address of a path of the app. */
  at(path: string): string {
    return this.#app.at(path);
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.at(path));
  }

  /** Follows the way of somebody who asks for the account page; ends at the provider's question. */
  async startSigningIn(): Promise<void> {
    await this.goto('/account');
    await this.main.getByRole('link', { name: 'Sign in', exact: true }).click();
    await this.isAtProvider();
  }

  /** Signs in and arrives at the account page. */
  async signIn(person: Person = ADA): Promise<void> {
    await this.startSigningIn();
    await this.signInAtProvider(person);
    await this.isAt('/account');
    await this.isLive();
  }

  /** Answers the provider's question who one is. */
  async signInAtProvider(person: Person = ADA): Promise<void> {
    await this.#provider.signIn(this.page, person);
  }

  /** Presses "Sign out" and says yes to the provider, if it asks; ends at the receipt. */
  async signOut(): Promise<void> {
    await this.signOutButton.click();
    await this.confirmAtProvider();
    await this.isAt('/logged-out');
  }

  /** Says yes to the provider's question, if it asks one. */
  async confirmAtProvider(): Promise<void> {
    if (this.#provider.asksAtSignOut) {
      await this.page.getByRole('button', { name: 'Yes, sign me out' }).click();
    }
  }

  /** From the receipt back to the page on which "Sign out" was pressed, in one step, without stopping at the provider. */
  async goBackOverProvider(): Promise<void> {
    await this.page.evaluate((steps) => history.go(-steps), this.#provider.asksAtSignOut ? 2 : 1);
    await expect(this.page).not.toHaveURL(this.#app.at('/logged-out'));
  }

  /** Becomes known to the provider as the same browser as another visitor's: one session there, two of the app. */
  async sharesProviderWith(other: Visitor): Promise<void> {
    await this.context.addCookies(await other.context.cookies(this.#provider.issuer));
  }

  /** The provider's session ends where nobody notices: its cookies leave this browser. */
  async forgetProvider(name?: string): Promise<void> {
    const known = await this.context.cookies(this.#provider.issuer);
    const provider = known.filter((cookie) => !cookie.name.startsWith('exeunt') || cookie.name.startsWith('exeunt_dev_op'));
    for (const cookie of provider.filter((cookie) => name === undefined || cookie.name === name)) {
      await this.context.clearCookies({ name: cookie.name });
    }
  }

  async isAt(path: string): Promise<void> {
    await expect(this.page).toHaveURL(this.#app.at(path));
  }

  async isAtProvider(): Promise<void> {
    await expect(this.page).toHaveURL((url) => url.origin === this.#provider.issuer);
  }

  /** Until a tab of this browser listens to the server from now on. */
  async listens(): Promise<void> {
    const response = await this.context.waitForEvent('response', (one) => one.url() === this.#app.at('/auth/events'));
    expect(response.status()).toBe(200);
  }

  /** The scripts of a page for somebody signed in have taken over: they count the seconds. */
  async isLive(): Promise<void> {
    if (this.#scripts) {
      await expect(this.page.getByRole('timer').first()).toContainText('left');
    }
  }

  /** A line of the receipt on the page. */
  line(layer: string): Locator {
    return this.main.getByRole('listitem').filter({ has: this.page.getByText(layer, { exact: true }) });
  }

  /** The receipt as the server tells it to this browser. */
  async receipt(): Promise<Receipt> {
    const response = await this.context.request.get(this.#app.at('/api/auth/receipt'));
    expect(response.status()).toBe(200);
    return (await response.json()) as Receipt;
  }

  /** What the receipt says of a layer. */
  async statusOf(layer: string): Promise<string | undefined> {
    return (await this.receipt()).layers.find((line) => line.layer === layer)?.status;
  }

  /** The value of the session cookie. */
  async sessionCookie(): Promise<string> {
    const cookies = await this.context.cookies(this.#app.at('/'));
    const session = cookies.find(({ name }) => /^exeunt(-[0-9a-f]{8})?$/.test(name));
    expect(session, 'the session cookie').toBeDefined();
    return `${session?.name}=${session?.value}`;
  }

  /** The status of `/api/session` in this browser. */
  async sessionStatus(): Promise<number> {
    return (await this.context.request.get(this.#app.at('/api/session'))).status();
  }

  /**
   * Whether the provider would sign this browser in without a question: it is asked for a code with `prompt=none`, by a
   * navigation, and what it answers is read off the redirect: `code`, or the name of the error.
   */
  async askProviderSilently(): Promise<string> {
    const discovery = await fetch(`${this.#provider.issuer}/.well-known/openid-configuration`);
    const { authorization_endpoint: endpoint } = (await discovery.json()) as { authorization_endpoint: string };
    const callback = this.#app.at('/auth/callback');
    const random = (): string => randomBytes(32).toString('base64url');
    const state = random();
    const url = new URL(endpoint);
    url.search = new URLSearchParams({
      client_id: this.#provider.clientId,
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid',
      prompt: 'none',
      code_challenge: createHash('sha256').update(random()).digest('base64url'),
      code_challenge_method: 'S256',
      nonce: random(),
      state,
    }).toString();
    // The app began no such login and says so.
    this.#complaints.expect(/status of 400 .*\/auth\/callback\?/);
    const page = await this.context.newPage();
    const [answer] = await Promise.all([
      page.waitForRequest((request) => request.url().startsWith(`${callback}?`)),
      page.goto(url.href),
    ]);
    await page.close();
    const parameters = new URL(answer.url()).searchParams;
    expect(parameters.get('state')).toBe(state);
    return parameters.get('error') ?? (parameters.has('code') ? 'code' : 'nothing');
  }
}
