// Names of caption renditions: files, menus and groups (RFC 8216bis clauses 4.4.6.1.1 and 4.4.6.2).

import type { CaptionChannelId, CaptionSource } from '../captions/caption-cue.ts';
import type { MediaView, VariantView } from './multivariant-playlist.ts';

/** GROUP-IDs in the multivariant playlist. */
const SUBTITLES_GROUP = 'subs';
const CLOSED_CAPTIONS_GROUP = 'cc';
/** Captions for people who do not hear. */
const CHARACTERISTICS =
  'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound';
/** `cc1-part-EPOCH-7.vtt` shows during `part-EPOCH-7.m4s`; services and segments likewise. */
const TEXT_URI = /^(cc[1-4]|s[1-6]|t[1-4])-((?:part|seg)-.+)\.vtt$/;
const MEDIA_SUFFIX = /\.m4s$/;

/** A WebVTT file that belongs to a part or segment of the video. */
export type TextName = { readonly channel: CaptionChannelId; readonly mediaUri: string };

/** URI of the media playlist of one channel. */
export function playlistUri(channel: CaptionChannelId): string {
  return `${channel.toLowerCase()}.m3u8`;
}

/** URI of the WebVTT file for a part or segment of the video. */
export function textUri(channel: CaptionChannelId, mediaUri: string): string {
  return `${channel.toLowerCase()}-${mediaUri.replace(MEDIA_SUFFIX, '.vtt')}`;
}

/** The file of a URI, which may not exist yet; undefined if none of these channels has such a file. */
export function textNameOf(uri: string, channels: readonly CaptionChannelId[]): TextName | undefined {
  const [, prefix, stem] = TEXT_URI.exec(uri) ?? [];
  const channel = channels.find((id) => id.toLowerCase() === prefix);
  return channel === undefined || stem === undefined ? undefined : { channel, mediaUri: `${stem}.m4s` };
}

/** As menus show it. */
export function menuName({ id: channel, language }: CaptionSource): string {
  const number = channel.slice(-1);
  if (isWritten(channel))
    return language === undefined ? 'Live captions' : `Live captions, ${nameOf(language)}`;
  if (isService(channel)) return `Captions, service ${number}`;
  return channel === 'CC1' ? 'Captions' : `Captions ${number}`;
}

/** EXT-X-MEDIA of one rendition, and of the same captions in the video. */
export function mediaOf(source: CaptionSource): readonly MediaView[] {
  const { id: channel, language } = source;
  const named = language === undefined ? {} : { language };
  const choice = { name: menuName(source), ...named, isDefault: false, isAutoselect: true };
  const subtitles: MediaView = {
    ...choice,
    kind: 'subtitles',
    groupId: SUBTITLES_GROUP,
    characteristics: CHARACTERISTICS,
    uri: playlistUri(channel),
  };
  if (isWritten(channel)) return [subtitles];
  const instreamId = isService(channel) ? `SERVICE${channel.slice(-1)}` : channel;
  return [subtitles, { ...choice, kind: 'closed-captions', groupId: CLOSED_CAPTIONS_GROUP, instreamId }];
}

/** Groups that a variant has members of. */
export function groupsOf(
  channels: readonly CaptionChannelId[],
): Pick<VariantView, 'subtitles' | 'closedCaptions'> {
  if (channels.length === 0) return {};
  const isInVideo = channels.some((channel) => !isWritten(channel));
  return { subtitles: SUBTITLES_GROUP, ...(isInVideo ? { closedCaptions: CLOSED_CAPTIONS_GROUP } : {}) };
}

/** Whether it is a CEA-708 service, not a CEA-608 channel. */
function isService(channel: CaptionChannelId): boolean {
  return channel.startsWith('S');
}

/** Whether it does not lie in the video. */
function isWritten(channel: CaptionChannelId): boolean {
  return channel.startsWith('T');
}

/** `de` → `German`. */
function nameOf(language: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;
}
