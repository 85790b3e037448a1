import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { gsm7, segments } from './gsm.ts';

const hex = (text: string): string | undefined => {
  const bytes = gsm7(text);
  return bytes && Buffer.from(bytes).toString('hex');
};

/** The default alphabet by the rows of 3GPP TS 23.038 §6.2.1, written a second time as ranges. */
const basic = [
  ...'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà',
  ...Array.from({ length: 0x3f - 0x20 + 1 }, (_, i) => String.fromCharCode(0x20 + i)).filter((char) => char !== '$'),
  ...Array.from({ length: 26 }, (_, i) => String.fromCharCode(0x41 + i)),
  ...Array.from({ length: 26 }, (_, i) => String.fromCharCode(0x61 + i)),
];
const extended = [...'\f^{}\\[~]|€'];

describe('the alphabet of SMS', () => {
  test('letters and digits have the codes of the standard', () => {
    assert.equal(hex('hello 0Z'), '68656c6c6f20305a');
    assert.equal(hex('@£$¥èéùìòÇ\nØø\rÅå'), '000102030405060708090a0b0c0d0e0f');
    assert.equal(hex('Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ'), '101112131415161718191a1c1d1e1f');
    assert.equal(hex('¤¡ÄÖÑÜ§¿äöñüà'), '24405b5c5d5e5f607b7c7d7e7f');
  });

  test('ten more characters take an escape', () => {
    assert.equal(hex('\f^{}\\'), '1b0a1b141b281b291b2f');
    assert.equal(hex('[~]|€'), '1b3c1b3d1b3e1b401b65');
  });

  test('whatever is not in the tables does not fit', () => {
    for (const char of ['`', 'ç', 'á', 'Я', '“', '—', '😀', '\u001B', '\t', '\0', '\u00A0', '\uD800']) {
      assert.equal(gsm7(`a${char}b`), undefined, JSON.stringify(char));
    }
    assert.equal(new Set(basic).size, 127);
    assert.equal(hex(basic.join(''))?.length, 2 * 127);
  });
});

describe('segments', () => {
  test('OOB-06 the edges of one and of several messages', () => {
    const cases: [string, number, string, number, number][] = [
      ['', 0, 'gsm-7', 0, 1],
      ['a', 160, 'gsm-7', 160, 1],
      ['a', 161, 'gsm-7', 161, 2],
      ['a', 306, 'gsm-7', 306, 2],
      ['a', 307, 'gsm-7', 307, 3],
      ['€', 80, 'gsm-7', 160, 1],
      ['€', 81, 'gsm-7', 162, 2],
      // 76 pairs fill 152 of 153 septets: no pair is cut.
      ['€', 153, 'gsm-7', 306, 3],
      ['Я', 70, 'ucs-2', 70, 1],
      ['Я', 71, 'ucs-2', 71, 2],
      ['Я', 134, 'ucs-2', 134, 2],
      ['Я', 135, 'ucs-2', 135, 3],
      ['😀', 35, 'ucs-2', 70, 1],
      ['😀', 67, 'ucs-2', 134, 3],
    ];
    for (const [char, times, alphabet, units, parts] of cases) {
      assert.deepEqual(segments(char.repeat(times)), { alphabet, units, segments: parts }, `${times} × ${char}`);
    }
  });

  test('one foreign character makes the whole text UCS-2', () => {
    assert.deepEqual(segments(`${'a'.repeat(70)}ç`), { alphabet: 'ucs-2', units: 71, segments: 2 });
  });

  test('any text of the tables fits, and is counted as its bytes are', () => {
    const text = fc.string({ unit: fc.constantFrom(...basic, ...extended), maxLength: 700 });
    fc.assert(
      fc.property(text, (given) => {
        const bytes = gsm7(given);
        assert.ok(bytes);
        assert.ok(bytes.every((byte) => byte < 0x80));
        const pairs = [...given].filter((char) => extended.includes(char)).length;
        const counted = segments(given);
        assert.equal(counted.alphabet, 'gsm-7');
        assert.equal(counted.units, given.length + pairs);
        assert.equal(counted.units, bytes.length);
        if (counted.segments === 1) assert.ok(counted.units <= 160);
        else assert.ok(counted.units > 160 && counted.units <= counted.segments * 153);
        assert.ok(counted.segments <= Math.ceil(Math.max(1, counted.units) / 152));
      }),
    );
  });

  test('any text at all has at least one segment and room for its units', () => {
    // Halves of pairs too.
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 400 }), (given) => {
        const { alphabet, units, segments: parts } = segments(given);
        assert.equal(alphabet === 'gsm-7', gsm7(given) !== undefined);
        assert.ok(parts >= 1 && Number.isInteger(parts));
        assert.ok(
          units <= (parts === 1 ? { 'gsm-7': 160, 'ucs-2': 70 } : { 'gsm-7': 153, 'ucs-2': 67 })[alphabet] * parts,
        );
        assert.ok(segments(`${given}a`).segments >= parts);
      }),
    );
  });
});
