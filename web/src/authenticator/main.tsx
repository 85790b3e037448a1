/** Opens the authenticator: takes a pairing out of the address first, then shows what this phone keeps. */
import { createRoot } from 'react-dom/client';
import { loadAuthenticatorTexts, loadTexts } from '../texts.tsx';
import '../ui/styles/index.css';
import { Authenticator } from './authenticator.tsx';
import './styles/authenticator.css';
import { takePairing } from './opened-link.ts';

takePairing();

if ('serviceWorker' in navigator) {
  void navigator.serviceWorker
    .register('/authenticator-worker.js', { scope: '/authenticator', updateViaCache: 'none' })
    .catch(() => undefined);
}

const place = document.getElementById('page');
await Promise.all([loadTexts(), loadAuthenticatorTexts()]);
if (place) createRoot(place).render(<Authenticator />);
