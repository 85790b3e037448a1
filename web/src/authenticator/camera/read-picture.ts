/** Finds a QR code in what the camera sees. The decoder is fetched with this file, when somebody scans. */
import decodeQr from 'qr/decode.js';

/** More pixels cost time and find no more. */
const longest = 800;

/** Reads one picture after the other off the same canvas. */
export function pictureReader(): (video: HTMLVideoElement) => string | null {
  const canvas = document.createElement('canvas');
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
    const width = Math.round(video.videoWidth * scale);
    const height = Math.round(video.videoHeight * scale);
    if (!drawing || width === 0 || height === 0) return null;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    drawing.drawImage(video, 0, 0, width, height);
    try {
      return decodeQr({ width, height, data: drawing.getImageData(0, 0, width, height).data });
    } catch {
      // It throws where there is no code, which is most of the time.
      return null;
    }
  };
}
