/** Opens the page: takes secrets out of the address first, then fetches texts and the page at once. */
import { createRoot } from 'react-dom/client';
import { fetchAccount, inAccount } from './account-place.ts';
import { App } from './app.tsx';
import { takeFragment } from './fragment.ts';
import { loadTexts } from './texts.tsx';
import './ui/styles/index.css';

takeFragment();

// A page that the browser brings back from its memory may show what is no longer true, or no longer this person's.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});

const place = document.getElementById('page');
if (inAccount(window.location.pathname)) fetchAccount().catch(() => undefined);
await loadTexts();
if (place) createRoot(place).render(<App />);
