import { open, type Response } from 'maxmind';

/**
 * Turns addresses into rough places (`Lisbon, PT`) from a local file in MaxMind's format. Without a file every place is
 * empty; nothing is ever asked of a service.
 */
export async function openPlaces(file: string | undefined): Promise<(address: string) => string> {
  if (file === undefined) return () => '';
  const reader = await open<Response>(file);
  return (address) => {
    try {
      return nameOf(reader.get(address));
    } catch {
      return '';
    }
  };
}

function nameOf(found: Response | null): string {
  if (!found) return '';
  const city = 'city' in found ? found.city?.names.en : undefined;
  const country = 'country' in found ? found.country?.iso_code : undefined;
  // Some free files are flat: `{ country_code: 'PT', city: 'Lisbon' }`.
  const flat = found as unknown as { readonly country_code?: string };
  return [city, country ?? flat.country_code].filter(Boolean).join(', ');
}
