// The files that OBS Studio reads at its start, in its configuration folder: a profile, and a scene with one media
// source.
import { AUDIO_KBPS, AUDIO_RATE, PICTURE, VIDEO_KBPS } from './encoder.ts';

/** The name of the profile and of the scene collection. */
export const OBS_NAME = 'Sluice';

export type ObsTarget = {
  /** `rtmp://HOST:PORT/APP` */
  readonly server: string;
  readonly key: string;
  /** Absolute path of the media source's file. */
  readonly clip: string;
  /** Absolute path of a Lua script that runs inside OBS. */
  readonly script?: string;
};

/** Contents by path, relative to the folder `obs-studio`. */
export function obsFiles({ server, key, clip, script }: ObsTarget): Readonly<Record<string, string>> {
  const profile = `basic/profiles/${OBS_NAME}`;
  return {
    // FirstRun prevents the wizard. ConfirmOnExit would ask, on an invisible display, whether to stop streaming.
    'global.ini': ini({
      General: { FirstRun: 'true', EnableAutoUpdates: 'false', ConfirmOnExit: 'false' },
      Basic: {
        Profile: OBS_NAME,
        ProfileDir: OBS_NAME,
        SceneCollection: OBS_NAME,
        SceneCollectionFile: OBS_NAME,
      },
    }),
    [`${profile}/basic.ini`]: ini({
      General: { Name: OBS_NAME },
      Video: {
        BaseCX: PICTURE.width,
        BaseCY: PICTURE.height,
        OutputCX: PICTURE.width,
        OutputCY: PICTURE.height,
        FPSType: 0,
        FPSCommon: PICTURE.framesPerSecond,
      },
      Audio: { SampleRate: AUDIO_RATE, ChannelSetup: 'Stereo' },
      Output: { Mode: 'Advanced' },
      AdvOut: { Encoder: 'obs_x264', TrackIndex: 1, Track1Bitrate: AUDIO_KBPS },
    }),
    [`${profile}/streamEncoder.json`]: JSON.stringify({
      rate_control: 'CBR',
      bitrate: VIDEO_KBPS,
      keyint_sec: PICTURE.keyFrameEveryS,
      // The browser draws and decodes on the same cores.
      preset: 'ultrafast',
    }),
    [`${profile}/service.json`]: JSON.stringify({
      type: 'rtmp_custom',
      settings: { server, key, use_auth: false, bwtest: false },
    }),
    [`basic/scenes/${OBS_NAME}.json`]: JSON.stringify(sceneCollection(clip, script)),
  };
}

function sceneCollection(clip: string, script: string | undefined) {
  const source = { enabled: true, muted: false, volume: 1, sync: 0 };
  const item = { name: 'Clip', id: 1, visible: true, pos: { x: 0, y: 0 }, scale: { x: 1, y: 1 }, align: 5 };
  return {
    name: OBS_NAME,
    modules: { 'scripts-tool': script === undefined ? [] : [{ path: script, settings: {} }] },
    current_scene: 'Scene',
    current_program_scene: 'Scene',
    scene_order: [{ name: 'Scene' }],
    sources: [
      {
        ...source,
        id: 'ffmpeg_source',
        versioned_id: 'ffmpeg_source',
        name: 'Clip',
        mixers: 255,
        settings: { local_file: clip, is_local_file: true, looping: true, hw_decode: false },
      },
      {
        ...source,
        id: 'scene',
        versioned_id: 'scene',
        name: 'Scene',
        mixers: 0,
        settings: { id_counter: 1, custom_size: false, items: [item] },
      },
    ],
    groups: [],
    quick_transitions: [],
    transitions: [],
    transition_duration: 300,
  };
}

function ini(sections: Readonly<Record<string, Readonly<Record<string, string | number>>>>): string {
  return Object.entries(sections)
    .map(([name, values]) => [
      `[${name}]`,
      ...Object.entries(values).map(([key, value]) => `${key}=${value}`),
    ])
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}
