// The findings of the doctor in Japanese. The English sentences are in server/doctor/.
import type { GatewayWords } from '../gateway-words.ts';
import {
  bitRateFlag,
  bitRateText,
  frameRateText,
  kilohertzText,
  millisecondsText,
  paceText,
  percentText,
  secondsText,
  sizeText,
} from '../measures.ts';
import { obs } from './obs.ts';

const FASTER_PRESET = `${obs.cpuPreset}: faster（x264）、または ${obs.nvencPreset}（NVENC）`;
const EVERY_TWO_SECONDS = '2 秒ごとにキーフレーム';
const REAL_TIME = '1 秒あたり 1 秒分のメディア';
const LOWER_BITRATE = '-b:v の値を下げる';
const ENCODE_AGAIN = '-c copy をやめて再エンコードする';
const FASTER_FLAGS = '-preset veryfast（またはさらに高速）、-vf scale で小さい画面にする';
const notPlayed = ({ track, error }: { readonly track: string; readonly error: string }) =>
  `トラック ${track} は再生されません: ${error}`;
const lower = (bps: number | undefined) => (bps === undefined ? '現在の 70%' : bitRateText(bps));

export const rules: GatewayWords['rules'] = {
  gopLong: {
    title: 'キーフレームの間隔が長すぎます',
    expected: EVERY_TWO_SECONDS,
    observed: ({ kind, longestMs }) =>
      kind === 'noneFor' ? `${secondsText(longestMs)}間キーフレームなし` : `最長 ${secondsText(longestMs)}`,
    fix: {
      obs: obs.keyFrames,
      generic:
        'キーフレーム間隔 (GOP) を 2 秒にしてください。「自動」は 250 フレームになることがよくあります。',
    },
  },
  gopShort: {
    title: 'キーフレームが多すぎます',
    expected: EVERY_TWO_SECONDS,
    observed: ({ meanMs }) => `${secondsText(meanMs)}ごと`,
    fix: {
      obs: obs.keyFrames,
      generic: 'キーフレーム間隔 (GOP) を 2 秒にしてください。キーフレームは最も多くのビットを使います。',
    },
  },
  gopVariable: {
    title: 'キーフレームの間隔が不規則です',
    expected: '2 秒の等間隔',
    observed: ({ minMs, maxMs }) => `${secondsText(minMs)}～${secondsText(maxMs)}`,
    fix: {
      obs: obs.x264('scenecut=0'),
      generic: 'エンコーダーのシーン検出（シーンカット、適応キーフレーム）をオフにしてください。',
    },
  },
  openGop: {
    title: 'キーフレームが完全ではありません',
    expected: 'クローズド GOP: すべてのキーフレームが IDR ピクチャー',
    observed: (values) =>
      values.kind === 'open'
        ? `直近 30 秒にオープンなキーフレーム ${values.count} 個`
        : 'キーフレームの代わりにイントラリフレッシュ',
    fix: {
      obs: obs.x264('open-gop=0 intra-refresh=0'),
      ffmpeg: '-x264-params open-gop=0:intra-refresh=0、または -flags +cgop',
      generic: 'クローズド GOP をオンにし、イントラリフレッシュをオフにしてください。',
    },
  },
  bFrames: {
    title: 'B フレームが遅延を増やしています',
    expected: 'B フレームなし（遅延を最小にする場合）',
    observed: ({ share, laterMs }) =>
      `フレームの ${percentText(share)}、最大 ${millisecondsText(laterMs)} の遅れ`,
    fix: {
      obs: ({ obsVersion }) => `${obs.x264('bframes=0')}、または ${obs.nvencBFrames(obsVersion)}`,
      ffmpeg: '-bf 0（または -tune zerolatency）',
      generic:
        'B フレームを 0 にしてください。ビットの節約になるため、2～3 フレームの遅れが問題にならなければ残してもかまいません。',
    },
  },
  bitrateUnstable: {
    title: 'ビットレートの変動が大きすぎます',
    expected: '固定ビットレート (CBR)',
    observed: ({ share, bps }) => `${bitRateText(bps)} を中心に ±${percentText(share)}`,
    fix: {
      obs: obs.cbr,
      generic: '固定ビットレートを使ってください。動きの多い場面が視聴者の回線を超えると、再生が止まります。',
    },
  },
  bitrateLow: {
    title: 'この画面サイズにはビットレートが低すぎます',
    expected: '表にある画面サイズのビットレート以上',
    observed: ({ bps, leastBps, width, height }) =>
      `${sizeText(width, height)} で ${bitRateText(bps)}（きれいに見えるのは ${bitRateText(leastBps)} 以上）`,
    fix: {
      obs: `${obs.bitrate} を上げる、または ${obs.scaledSize} を小さくする`,
      ffmpeg: '-b:v の値を上げる、または -vf scale=-2:720',
      generic: 'ビットレートを上げるか、画面を小さくしてください。',
    },
  },
  bitrateHigh: {
    title: 'この画面サイズにはビットレートが高すぎます',
    expected: '表にある画面サイズのビットレート以下',
    observed: ({ bps, mostBps, width, height }) =>
      `${sizeText(width, height)} で ${bitRateText(bps)}（${bitRateText(mostBps)} で十分）`,
    fix: {
      obs: `${obs.bitrate} を下げる`,
      ffmpeg: LOWER_BITRATE,
      generic: 'ビットレートを下げてください。視聴者全員に、それだけの回線が必要になります。',
    },
  },
  framesDropped: {
    title: 'フレームが欠けています',
    expected: 'フレームレートどおりのフレーム',
    observed: ({ share }) => `${percentText(share)} が欠落`,
    fix: {
      obs: `${FASTER_PRESET}。ステータスバーにフレーム落ちの原因が表示されます`,
      ffmpeg: FASTER_FLAGS,
      generic:
        'エンコーダーまたは上り回線が追いついていません。より高速なプリセット、小さい画面、低いビットレートのいずれかを使ってください。',
    },
  },
  resolutionChanged: {
    title: '画面サイズが変わりました',
    expected: '配信中は同じサイズ',
    observed: ({ from, to }) => `${from} → ${to}`,
    fix: {
      generic:
        'プレーヤーは変更のたびにデコーダーを再起動します。エンコーダーの出力サイズを固定してください。',
    },
  },
  metaMismatch: {
    title: 'onMetaData と映像が一致しません',
    expected: '映像の値',
    observed: (values) =>
      values.kind === 'size'
        ? `通知 ${sizeText(values.announcedWidth, values.announcedHeight)}、実際 ${sizeText(values.width, values.height)}`
        : `通知 ${frameRateText(values.announcedFps)}、実際 ${frameRateText(values.fps)}`,
    fix: {
      generic:
        'ゲートウェイは映像の値を使います。他のツールにも正しい値が届くように、エンコーダーを再起動してください。',
    },
  },
  renderLag: {
    title: 'エンコーダーのレンダリングが遅すぎます',
    expected: 'すべてのフレームが時間内にレンダリングされる',
    observed: ({ share }) => `フレームの ${percentText(share)} のレンダリングが遅延`,
    fix: {
      obs: `${obs.fpsValues} を下げ、シーンのソースとフィルターを減らす`,
      generic:
        'グラフィックカードが過負荷です。ゲームのフレームレートを制限する、グラフィックカードを使う他のプログラムを閉じる、または毎秒のフレーム数を減らしてください。',
    },
  },
  encoderOverload: {
    title: 'エンコーダーがフレームをスキップしています',
    expected: 'すべてのフレームがエンコードされる',
    observed: ({ share }) => `フレームの ${percentText(share)} をスキップ`,
    fix: {
      obs: `${FASTER_PRESET}、または ${obs.scaledSize} を小さくする`,
      ffmpeg: FASTER_FLAGS,
      generic:
        'プロセッサまたはハードウェアエンコーダーが過負荷です。より高速なプリセット、ハードウェアエンコーダー、小さい画面、または少ない毎秒フレーム数を使ってください。',
    },
  },
  networkDrops: {
    title: 'エンコーダーがフレームを破棄しています: 回線が遅すぎます',
    expected: 'すべてのフレームが送信される',
    observed: ({ share }) => `フレームの ${percentText(share)} を破棄`,
    fix: {
      obs: `${obs.bitrate} を下げる、または ${obs.dynamicBitrate}`,
      ffmpeg: LOWER_BITRATE,
      generic: 'ビットレートを下げ、Wi-Fi の代わりに有線を使い、他のアップロードを止めてください。',
    },
  },
  videoStarved: {
    title: '上り回線が遅すぎます',
    expected: REAL_TIME,
    observed: ({ rate }) => `1 秒あたり ${paceText(rate)}分のメディア`,
    fix: {
      obs: ({ lowerBps }) => `${obs.bitrate}: ${lower(lowerBps)}`,
      ffmpeg: ({ lowerBps }) => bitRateFlag(lowerBps) ?? LOWER_BITRATE,
      generic: ({ lowerBps }) =>
        `ビットレートを ${lower(lowerBps)} に下げ、Wi-Fi の代わりに有線を使い、他のアップロードを止めてください。エンコーダーが過負荷を示す場合は、より高速なプリセットを使ってください。`,
    },
  },
  fasterThanRealtime: {
    title: 'メディアが実時間より速く届いています',
    expected: REAL_TIME,
    observed: ({ rate }) => `1 秒あたり ${paceText(rate)}分のメディア`,
    fix: {
      ffmpeg: '-i の前に -re を追加する',
      generic:
        'ファイルは再生されるのと同じ速さで送信してください。そうしないとライブのプレーヤーが追従できません。',
    },
  },
  avDrift: {
    title: '音声と映像がずれています',
    expected: '100 ms 未満',
    observed: ({ kind, apartMs }) => {
      const apart = millisecondsText(apartMs);
      return {
        ahead: `音声のタイムスタンプが映像より ${apart} 進んでいます`,
        behind: `音声のタイムスタンプが映像より ${apart} 遅れています`,
        beginsAfter: `音声は映像の ${apart} 後に始まります`,
        beginsBefore: `音声は映像の ${apart} 前に始まります`,
      }[kind];
    },
    fix: {
      obs: obs.syncOffset,
      ffmpeg: '両方の入力に同じ -itsoffset を使う。音声が次第にずれる場合は -af aresample=async=1',
      generic: 'エンコーダーの音声の遅延を 0 にし、映像と音声を同じ機器から取り込んでください。',
    },
  },
  timestampJump: {
    title: 'タイムスタンプが飛んでいます',
    expected: '連続したタイムスタンプ',
    observed: ({ kind, count }) =>
      kind === 'jumps' ? `直近 30 秒に ${count} 回の飛び` : `直近 30 秒に進まないタイムスタンプ ${count} 個`,
    fix: {
      obs: '配信を終了して再び開始する。ループするメディアソースが原因のこともあります',
      ffmpeg: `-i の前に -fflags +genpts を追加する、または ${ENCODE_AGAIN}`,
      generic:
        'エンコーダーを再起動してください。ファイルのプレイリストでは、ファイルごとに新しいタイムスタンプが必要です。',
    },
  },
  noVideo: {
    title: '映像がありません',
    expected: '映像トラック',
    observed: (values) =>
      values.kind === 'announced'
        ? '映像なし（エンコーダーの通知どおり）'
        : `${secondsText(values.ageMs)}たっても映像なし`,
    fix: {
      obs: `シーンにソースがあることと、${obs.videoEncoder} を確認する`,
      generic: '映像を配信するつもりなら、映像トラックを追加してください。',
    },
  },
  noAudio: {
    title: '音声がありません',
    expected: '音声トラック',
    observed: (values) =>
      values.kind === 'announced'
        ? '音声なし（エンコーダーの通知どおり）'
        : `${secondsText(values.ageMs)}たっても音声なし`,
    fix: {
      obs: obs.audioTrack,
      ffmpeg: '-map 0:a -c:a aac、無音なら -f lavfi -i anullsrc',
      generic: '無音でもよいので音声トラックを追加してください。音声を待ち続けるプレーヤーがあります。',
    },
  },
  codecUnsupported: {
    title: 'ブラウザがデコードできません',
    expected: 'H.264 8 ビット 4:2:0 と AAC-LC',
    observed: (values) =>
      values.kind === 'track' ? notPlayed(values) : `H.264 ${values.bitDepth} ビット ${values.chroma}`.trim(),
    fix: {
      obs: ({ obsVersion }) =>
        `${obs.colourFormat(obsVersion)}。${obs.videoEncoder}: x264 または H.264 のハードウェアエンコーダー`,
      generic:
        'H.264 の 8 ビット 4:2:0（プロファイルは Baseline、Main、High）と AAC-LC の音声を送信してください。',
    },
  },
  trackUnreadable: {
    title: '読み取れないトラックがあります',
    expected: 'すべてのトラックが再生される',
    observed: notPlayed,
    fix: {
      ffmpeg: ENCODE_AGAIN,
      generic: 'エンコーダーを再起動してください。コードの意味は docs/errors.md にあります。',
    },
  },
  codecReach: {
    title: '再生できないプレーヤーがあります',
    expected: 'プログレッシブの H.264 と AAC-LC',
    observed: (values) =>
      values.kind === 'interlaced'
        ? 'インターレース映像: 多くのハードウェアデコーダーでは縞が出るか、何も映りません'
        : `AAC オブジェクトタイプ ${values.objectType}: ほとんどのブラウザは LC と HE のみ再生できます`,
    fix: {
      obs: `${obs.fpsValues} と ${obs.scaledSize}。OBS 自体はプログレッシブ映像を送ります`,
      generic: 'プログレッシブ映像と AAC-LC を送信してください。',
    },
  },
  audioRateOdd: {
    title: 'サンプルレートが一般的ではありません',
    expected: '48 kHz',
    observed: ({ sampleRate }) => kilohertzText(sampleRate),
    fix: {
      obs: obs.sampleRate,
      generic: 'サンプルレートを 48 kHz にしてください。他の値を再生できない機器があります。',
    },
  },
  audioChannels: {
    title: 'チャンネルが 2 つを超えています',
    expected: 'ステレオ',
    observed: ({ channels }) => `${channels} チャンネル`,
    fix: {
      obs: obs.stereo,
      generic:
        '音声をステレオにしてください。すべてのブラウザが多チャンネルをミックスできるわけではありません。',
    },
  },
  flapping: {
    title: 'エンコーダーが再接続を繰り返しています',
    expected: '接続は 1 回',
    observed: ({ count }) => `5 分間に ${count} 回`,
    fix: {
      obs: obs.dynamicBitrate,
      ffmpeg: LOWER_BITRATE,
      generic:
        'Wi-Fi の代わりに有線を使い、ビットレートを下げてください。各接続が切れた理由はログにあります。',
    },
  },
  viewersStalling: {
    title: '視聴者の再生が止まっています',
    expected: '5% 以下',
    observed: ({ share }) => `プレーヤーの ${percentText(share)}`,
    fix: {
      generic:
        'ビットレートを下げてください。適切な値であれば、視聴者はプレーヤーの設定でライブとの差を大きくできます。ゲートウェイのネットワークも確認してください。',
    },
  },
  noHttps: {
    title: 'Apple 製品の視聴者が HTTPS なしで接続しています',
    expected: 'HTTP/2 の HTTPS',
    observed: ({ count }) => `HTTP のプレーヤー ${count} 台`,
    fix: {
      generic:
        'tls.certificate と tls.key を設定するか、HTTPS と HTTP/2 のプロキシをゲートウェイの前に置いてください (docs/deploy.md)。',
    },
  },
  serverBusy: {
    title: 'ゲートウェイが過負荷です',
    expected: '50 ms 未満',
    observed: ({ delayMs }) => millisecondsText(delayMs),
    fix: {
      generic:
        '配信と視聴者の数に対してマシンが遅すぎます。他のプログラムを止めるか、別のマシンを使ってください。エンコーダーの設定では解決しません。',
    },
  },
};
