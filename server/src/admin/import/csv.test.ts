import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCsv } from './csv.ts';
import { type Import, ImportRefused } from './imported.ts';

const seed = Buffer.from('12345678901234567890');
const hex = seed.toString('hex');
const base32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const base64 = seed.toString('base64');

/** `serial kind algorithm digits counter-or-period` of each token; its seed is the one above. */
function short({ tokens }: Import): string[] {
  return tokens.map((token) => {
    assert.deepEqual(Buffer.from(token.secret), seed, token.serial);
    return [token.serial, token.kind, token.algorithm, token.digits, token.counter ?? token.period].join(' ');
  });
}

const whole = (text: string | Uint8Array): string[] => {
  const read = readCsv(text);
  assert.deepEqual(read.refused, []);
  return short(read);
};

const refusedAs = (why: string) => (error: unknown) => error instanceof ImportRefused && error.why === why;

describe('lists of tokens by vendors', () => {
  it('OATH-15 the list that Microsoft Entra takes: names, seconds, a maker with a comma, other columns', () => {
    const text = [
      'upn,serial number,secret key,time interval,manufacturer,model',
      `ana@example.org,1234567,${base32},60,"Contoso, Ltd.",HardwareKey`,
      `,7654321,${base32.toLowerCase()},30,Contoso,"Model ""S"""`,
    ].join('\r\n');
    assert.deepEqual(whole(text), ['1234567 totp SHA1 6 60', '7654321 totp SHA1 6 30']);
    assert.deepEqual(
      readCsv(text).tokens.map(({ maker, model }) => [maker, model]),
      [
        ['Contoso, Ltd.', 'HardwareKey'],
        ['Contoso', 'Model "S"'],
      ],
    );
  });

  it('OATH-15 a list without names: serial, seed, and what may follow', () => {
    const text = `T-1, ${hex}\nT-2,${hex},totp,8\nT-3,${hex},hotp,6\nT-4,${hex},totp,7,60\n`;
    assert.deepEqual(whole(text), [
      'T-1 hotp SHA1 6 0',
      'T-2 totp SHA1 8 30',
      'T-3 hotp SHA1 6 0',
      'T-4 totp SHA1 7 60',
    ]);
  });

  it('OATH-15 seeds in hexadecimal, base32 or base64, with gaps, and one way for a whole list', () => {
    for (const written of [
      hex,
      hex.toUpperCase(),
      `0x${hex}`,
      hex.replace(/(.{4})/g, '$1 '),
      base32,
      `${base32}====`,
      base64,
    ]) {
      assert.deepEqual(
        whole(`serial,seed\n1,${written}\n2,${written}\n`),
        ['1 hotp SHA1 6 0', '2 hotp SHA1 6 0'],
        written,
      );
    }
    // What one row wrote otherwise, or cut, changes nothing for the others, and is not guessed at.
    const { tokens, refused } = readCsv(`serial,seed\n1,${hex}\n2,${hex}\n3,${base64}\n4,${hex.slice(1)}\n5,zz\n`);
    assert.deepEqual(short({ tokens, refused }), ['1 hotp SHA1 6 0', '2 hotp SHA1 6 0']);
    assert.deepEqual(
      refused,
      ['3', '4', '5'].map((serial) => ({ serial, why: 'secret-malformed' })),
    );
  });

  it('OATH-15 columns of any order and many names, hash, digits, counter and type', () => {
    const text = `Hash;Counter;OTP Length;Token Type;Seed (hex);Serial No.\nSHA-256;17;8;event based;${hex};A\n;;;time-based;${hex};B\nHMAC-SHA512;;;HOTP;${hex};C\n`;
    assert.deepEqual(whole(text), ['A hotp SHA256 8 17', 'B totp SHA1 6 30', 'C hotp SHA512 6 0']);
    assert.deepEqual(whole(`sn\tkey\talgorithm\n9\t${hex}\tOATH-TOTP\n`), ['9 totp SHA1 6 30']);
    assert.deepEqual(whole(`sep=;\nserial;secret;counter\n9;${hex};3\n`), ['9 hotp SHA1 6 3']);
  });

  it('OATH-15 both logs of Yubico’s tool; what is no OATH token is said to be none', () => {
    const traditional = [
      'LOGGING START,11.12.13 18:50',
      `OATH-HOTP,11.12.13 18:55,1,ubhe11223344,,${hex},,,0,0,0,8,32,0,0,0,0,0`,
      'Yubico OTP,12/11/2013 11:10,1,vvgutbiedkvi,ab86c04de6a3,d26a7c0f85fdda28bd816e406342b214,,,0,0,0,0,0,0,0,0,0,0',
    ].join('\n');
    const read = readCsv(traditional);
    assert.deepEqual(short(read), ['ubhe11223344 hotp SHA1 8 32']);
    assert.deepEqual(read.refused, [{ serial: 'vvgutbiedkvi', why: 'kind-unknown' }]);
    const yubico = `# serial, id, private id, key\n508326,,0,${hex},,2013-12-12T08:41:07,\n508327,cccccccccccc,83cebdfb7b93,a47c5bf9c152202f577be6721c0113af,,2013-12-12T08:43:17,\n`;
    assert.deepEqual(short(readCsv(yubico)), ['508326 hotp SHA1 6 0']);
    assert.deepEqual(readCsv(yubico).refused, [{ serial: '508327', why: 'kind-unknown' }]);
  });

  it('OATH-15 each bad row is refused with why, and the others go in', () => {
    const rows = [
      ['counter-malformed', `2,${hex},hotp,6,,-1`],
      ['digits-unsupported', `3,${hex},hotp,10,,`],
      ['digits-unsupported', `4,${hex},hotp,five,,`],
      ['period-unsupported', `5,${hex},totp,6,45,`],
      ['kind-unknown', `6,${hex},ocra,6,,`],
      ['secret-missing', '7,,hotp,6,,'],
      ['secret-short', `8,${hex.slice(0, 20)},hotp,6,,`],
      ['serial-missing', `,${hex},hotp,6,,`],
      ['serial-malformed', `a b,${hex},hotp,6,,`],
    ] as const;
    const text = `serial,secret,type,digits,interval,counter\n1,${hex},hotp,6,,5\n${rows.map(([, row]) => row).join('\n')}\n10,${hex},totp,6,,`;
    const read = readCsv(text);
    assert.deepEqual(short(read), ['1 hotp SHA1 6 5', '10 totp SHA1 6 30']);
    assert.deepEqual(
      read.refused.map(({ why }) => why),
      rows.map(([why]) => why),
    );
  });

  it('OATH-16 what looks like a formula is a text, and never a serial number', () => {
    for (const formula of ['=1+1', '+1', '@SUM(A1)', '=HYPERLINK("http://example.org")', '\t=1']) {
      const cell = `"${formula.replaceAll('"', '""')}"`;
      const { tokens, refused } = readCsv(`serial,secret,maker\n${cell},${hex},x\n1,${hex},${cell}\n`);
      assert.deepEqual(refused, [{ why: 'serial-malformed' }], formula);
      assert.deepEqual([tokens[0]?.serial, tokens[0]?.maker], ['1', formula.trim()]);
    }
  });

  it('OATH-15 marks, line ends and encodings of spreadsheets', () => {
    const lines = ['serial,secret', `1,${hex}`, '', ',', `2,${hex}`];
    const due = ['1 hotp SHA1 6 0', '2 hotp SHA1 6 0'];
    for (const end of ['\n', '\r\n', '\r']) {
      assert.deepEqual(whole(lines.join(end)), due);
      assert.deepEqual(whole(`\uFEFF${lines.join(end)}${end}`), due);
    }
    assert.deepEqual(whole(Buffer.from(`\uFEFF${lines.join('\n')}`)), due);
    assert.deepEqual(whole(Buffer.from(`\uFEFF${lines.join('\n')}`, 'utf16le')), due);
    assert.deepEqual(whole(`serial,secret,maker\n1,${hex},"Line\nbreak"`), ['1 hotp SHA1 6 0']);
  });

  it('OATH-16 what is no list of tokens is refused as a whole', () => {
    for (const text of ['', ' \n \r\n', 'serial,secret\n', '# remarks only']) {
      assert.throws(() => readCsv(text), refusedAs('empty'), text);
    }
    const others = [
      'hello',
      'name,address\nAna,Lisbon',
      '<xml/>',
      '{"a":1}',
      `serial,secret\n1,"${hex}`,
      `serial,secret\n1,a"b"\0`,
    ];
    for (const text of others) assert.throws(() => readCsv(text), refusedAs('malformed'), text);
    assert.throws(() => readCsv(`serial,secret,key\n1,${hex},${hex}`), refusedAs('malformed'));
    assert.throws(() => readCsv(Buffer.from([0x31, 0x2c, 0xc3, 0x28])), refusedAs('malformed'));
    assert.throws(() => readCsv('1,a\n'.repeat(20_000)), refusedAs('hostile'));
  });

  it('OATH-16 the longest cell and the most quotes are read in no time', () => {
    const began = process.cpuUsage().user;
    for (const filler of ['"', '""', 'a', ' ', ' "', '",']) {
      const text = `serial,secret\n1,"${filler.repeat(400_000 / filler.length)}`;
      assert.throws(() => readCsv(text), ImportRefused);
    }
    assert.ok(process.cpuUsage().user - began < 3e6);
  });
});
