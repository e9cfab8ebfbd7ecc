/** Who can sign in. */

export interface Person {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
}

/** The development provider knows the same two, so that a test need not ask which provider it has. */
export const ADA: Person = { sub: 'ada', name: 'Ada Example', email: 'ada@example.com' };
export const GRACE: Person = { sub: 'grace', name: 'Grace Sample', email: 'grace@example.com' };

export const PEOPLE: readonly Person[] = [ADA, GRACE];
