/** The camera, from the moment the scan is shown until it is left. */
import { type RefObject, useEffect, useRef, useState } from 'react';

/** `refused`: the person or the browser said no; `none`: there is no camera; `failed`: something else holds it. */
export type CameraState = 'starting' | 'on' | 'refused' | 'none' | 'failed';

const between = 120;

const wanted: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
};

function whyNot(thrown: unknown): CameraState {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'failed';
}

const stopped = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};

async function start(video: HTMLVideoElement, over: AbortSignal): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  over.addEventListener('abort', () => stopped(stream));
  if (over.aborted) return stopped(stream);
  video.srcObject = stream;
  await video.play();
}

/** Looks at one picture after the other until a code is found. */
async function watch(video: HTMLVideoElement, over: AbortSignal, onText: (text: string) => void): Promise<void> {
  const read = (await import('./read-picture.ts')).pictureReader();
  while (!over.aborted) {
    const text = read(video);
    if (text !== null && !over.aborted) onText(text);
    await new Promise((resolve) => setTimeout(resolve, between));
  }
}

/** Shows the camera in the video and gives what it reads; the same text again only after another. */
export function useCamera(onText: (text: string) => void): {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly state: CameraState;
} {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>('starting');
  const take = useRef(onText);
  take.current = onText;
  useEffect(() => {
    const shown = video.current;
    if (!shown) return;
    if (!navigator.mediaDevices) return setState('none');
    const over = new AbortController();
    let last = '';
    const onNew = (text: string) => {
      if (text !== last) take.current(text);
      last = text;
    };
    start(shown, over.signal)
      .then(() => {
        if (over.signal.aborted) return;
        setState('on');
        return watch(shown, over.signal, onNew);
      })
      .catch((thrown) => over.signal.aborted || setState(whyNot(thrown)));
    return () => over.abort();
  }, []);
  return { video, state };
}
