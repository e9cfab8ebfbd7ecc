import { test } from '../../support/fixtures.ts';
import { test as onOwnStore } from '../../support/own-store.ts';
import { DEVICES, look } from '../../support/pictures.ts';
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

for (const { device, use } of DEVICES) {
  test.describe(device, () => {
    test.use(use);
    const picture: Look = (visitor, name) => look(visitor, name, device);

    test('the page fits and is sound where the provider ended the session', ({ visitor, elsewhere, provider, complaints }) =>
      endedByProvider({ visitor, elsewhere, provider, complaints }, picture));
    test('where something is refused', ({ visitor, provider, complaints }) => refused({ visitor, provider, complaints }, picture));
    test('where the server is not reached', ({ visitor, provider, complaints }) =>
      unreachable({ visitor, provider, complaints }, picture));
    test('where another session was ended', ({ visitor, elsewhere, provider, complaints }) =>
      endedAnother({ visitor, elsewhere, provider, complaints }, picture));
    test('where the session was not extended', ({ visitor, provider, complaints }) =>
      cannotBeReachedToExtend({ visitor, provider, complaints }, picture));

    test.describe('with short sessions', () => {
      test.use({ settings: SHORT });
      test('where it cannot be extended', ({ visitor, provider, complaints }) =>
        cannotBeExtended({ visitor, provider, complaints }, picture));
    });

    test.describe('at a provider that asks', () => {
      test.use({ providerKind: 'certified' });
      test('on the page between', ({ visitor, provider, complaints }) => between({ visitor, provider, complaints }, (there, name) => look(there, `${name}-with-scripts`, device)));
    });

    test.describe('in German', () => {
      test.use(GERMAN);
      test('on the whole way', ({ visitor, provider, complaints }) => inGerman({ visitor, provider, complaints }, picture));
    });

    onOwnStore.describe('on a store of its own', () => {
      onOwnStore.use(use);
      onOwnStore('where that fails', ({ visitor, provider, complaints, store }) =>
        withoutStore({ visitor, provider, complaints, store }, picture));
      onOwnStore('where the session ran out', ({ visitor, provider, complaints, store }) =>
        ranOut({ visitor, provider, complaints, store }, picture));
    });
  });
}
