// What the tests validate against: names for Slack's own published types.
import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import type {
  BlockAction,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewSubmitAction,
} from '@slack/bolt';
import type {
  AppHomeOpenedEvent,
  AppMentionEvent,
  AppUninstalledEvent,
  ChannelArchiveEvent,
  ChannelIDChangedEvent,
  ChannelLeftEvent,
  ChannelRenameEvent,
  GenericMessageEvent,
  MemberJoinedChannelEvent,
  MemberLeftChannelEvent,
  TokensRevokedEvent,
  UserChangeEvent,
} from '@slack/types';
import type { Manifest } from '@slack/web-api/dist/types/request/manifest';

export type Blocks = KnownBlock[];
export type Home = HomeView;
export type Modal = ModalView;
export type Command = SlashCommand;
export type Click = BlockAction;
export type Submit = ViewSubmitAction;
export type OnMessage = MessageShortcut;
export type Anywhere = GlobalShortcut;
export type AppManifest = Manifest;
export type Event =
  | AppHomeOpenedEvent
  | AppMentionEvent
  | AppUninstalledEvent
  | ChannelArchiveEvent
  | ChannelIDChangedEvent
  | ChannelLeftEvent
  | ChannelRenameEvent
  | GenericMessageEvent
  | MemberJoinedChannelEvent
  | MemberLeftChannelEvent
  | TokensRevokedEvent
  | UserChangeEvent;
