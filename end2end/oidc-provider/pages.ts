/** The provider's pages: plain, whole without scripts, loading nothing. */

import { PEOPLE } from './people.ts';

/** Who signs in, without a password. */
export function loginPage(action: string, prompt: string): string {
  const people = PEOPLE.map(
    ({ sub, name }) => `<p><button name="sub" value="${escape(sub)}">${escape(name)}</button></p>`,
  ).join('\n');
  return page(
    prompt === 'login' ? 'Sign in' : 'Go on',
    `<form method="post" action="${escape(action)}">\n${people}\n</form>`,
  );
}

/** Asks before it ends the session; `form` is oidc-provider's own. */
export function logoutPage(form: string): string {
  return page(
    'Do you want to sign out?',
    `${form}
<p><button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button></p>
<p><button form="op.logoutForm">No, stay signed in</button></p>`,
  );
}

/** The end of a sign-out that leads nowhere. */
export function signedOutPage(): string {
  return page('You are signed out', '');
}

/** Frames this address. */
export function farewellPage(frame: string): string {
  return page('Signing out', `<iframe src="${escape(frame)}"></iframe>`);
}

/** What went wrong, in the provider's own words. */
export function errorPage(error: object): string {
  const lines = Object.entries(error).map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(String(value))}</dd>`);
  return page('The provider cannot do that', `<dl>${lines.join('')}</dl>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escape(title)}</title><link rel="icon" href="data:,"></head>
<body><h1>${escape(title)}</h1>\n${body}\n</body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
