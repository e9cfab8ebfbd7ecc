import { faults } from '../../support/axe.ts';
import { expect, test } from '../../support/fixtures.ts';
import { test as onOwnStore } from '../../support/own-store.ts';
import {
  GERMAN,
  SHORT,
  between,
  cannotBeExtended,
  cannotBeReachedToExtend,
  endedAnother,
  endedByProvider,
  inGerman,
  ranOut,
  refused,
  unreachable,
  withoutStore,
  type Look,
} from '../../support/rare.ts';

const isSound: Look = async ({ page }, name) => {
  expect(await faults(page), name).toEqual([]);
};

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours axe finds nothing`, () => {
    const look = { colorScheme, contextOptions: { reducedMotion: 'reduce' } } as const;
    test.use(look);

    test('where the provider ended the session', ({ visitor, elsewhere, provider, complaints }) =>
      endedByProvider({ visitor, elsewhere, provider, complaints }, isSound));
    test('where something is refused', ({ visitor, provider, complaints }) => refused({ visitor, provider, complaints }, isSound));
    test('where the server is not reached', ({ visitor, provider, complaints }) =>
      unreachable({ visitor, provider, complaints }, isSound));
    test('where another session was ended', ({ visitor, elsewhere, provider, complaints }) =>
      endedAnother({ visitor, elsewhere, provider, complaints }, isSound));
    test('where the session was not extended', ({ visitor, provider, complaints }) =>
      cannotBeReachedToExtend({ visitor, provider, complaints }, isSound));

    test.describe('with short sessions', () => {
      test.use({ settings: SHORT });
      test('where it cannot be extended', ({ visitor, provider, complaints }) =>
        cannotBeExtended({ visitor, provider, complaints }, isSound));
    });

    test.describe('at a provider that asks', () => {
      test.use({ providerKind: 'certified' });
      test('on the page between', ({ visitor, provider, complaints }) => between({ visitor, provider, complaints }, isSound));
    });

    test.describe('in German', () => {
      test.use(GERMAN);
      test('on the whole way', ({ visitor, provider, complaints }) => inGerman({ visitor, provider, complaints }, isSound));
    });

    onOwnStore.describe('on a store of its own', () => {
      onOwnStore.use(look);
      onOwnStore('where that fails', ({ visitor, provider, complaints, store }) =>
        withoutStore({ visitor, provider, complaints, store }, isSound));
      onOwnStore('where the session ran out', ({ visitor, provider, complaints, store }) =>
        ranOut({ visitor, provider, complaints, store }, isSound));
    });
  });
}
