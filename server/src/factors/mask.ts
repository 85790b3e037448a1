/** Masks: enough of a destination for its owner to know it, too little for anybody else (ASVS 14.2.6). */

/**
 * `a•••@e•••.org`: the first letter of the mailbox and of the domain, and what follows the domain's last dot. Always
 * three dots, so that the mask does not tell the length either.
 */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0) return veiled(address);
  const domain = address.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  return `${veiled(address.slice(0, at))}@${veiled(domain)}${dot > 0 ? domain.slice(dot) : ''}`;
}

/**
 * `+1 ••• ••• 8318`: what leads to the country, and the last four digits. The rest is always six dots, so that the mask
 * does not tell the length either.
 */
export const maskNumber = ({
  number,
  callingCode,
}: {
  readonly number: string;
  readonly callingCode: string;
}): string => `+${callingCode} ••• ••• ${number.slice(-4)}`;

/** By code point, so that a letter outside the basic plane is not cut in two. */
const veiled = (text: string): string => `${[...text][0] ?? ''}•••`;
