/**
 * An extension as it should not be: its sign-out asks the platform, server to server, and throws the answer away. What the
 * platform's answer removes from a browser reaches no browser, and no browser goes where the single sign-on ends.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';

import { close, listen } from '../listener.ts';

export interface NaiveExtension {
  stop(): Promise<void>;
}

export interface NaiveSettings {
  readonly port: number;
  /** The path below which the gateway serves it. */
  readonly prefix: string;
  /** The platform's API as browsers reach it. */
  readonly publicApi: string;
  /** The same as this server reaches it. */
  readonly api: string;
}

export async function startNaiveExtension({ port, prefix, publicApi, api }: NaiveSettings): Promise<NaiveExtension> {
  const home = `${new URL(publicApi).origin}${prefix}/`;
  const server = await listen(port, (request, response) => {
    const path = new URL(request.url ?? '/', home).pathname;
    if (request.method === 'POST' && path === `${prefix}/sign-out`) {
      void signOut(request, response, api, `${prefix}/logged-out`);
    } else if (path === `${prefix}/logged-out`) {
      answer(response, 'You are signed out', `<p><a href="${prefix}/">To the start</a></p>`);
    } else if (request.headers['x-user-name'] === undefined) {
      const query = new URLSearchParams({ redirect_uri: home, state: home });
      response.writeHead(303, { location: `${publicApi}/auth/login?${query}` }).end();
    } else {
      const form = `<form method="post" action="${prefix}/sign-out"><button>Sign out</button></form>`;
      answer(response, `You are ${String(request.headers['x-user-name'])}`, form);
    }
  });
  return { stop: () => close(server) };
}

async function signOut(request: IncomingMessage, response: ServerResponse, api: string, next: string): Promise<void> {
  const answer = await fetch(`${api}/auth/logout`, {
    method: 'POST',
    headers: { cookie: request.headers.cookie ?? '', 'content-type': 'application/json' },
    body: '{}',
  });
  await answer.arrayBuffer();
  response.writeHead(303, { location: next }).end();
}

function answer(response: ServerResponse, title: string, body: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(
    `<!doctype html><html lang="en"><title>${title}</title><link rel="icon" href="data:,"><main><h1>${title}</h1>${body}</main>`,
  );
}
