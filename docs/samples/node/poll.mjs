// 转载信息：从区信息发布平台取信息，存入 items.json，并写出一个列表网页。由定时任务每 5 分钟运行一次。
// 更正自动更新，撤稿自动删除；平台暂时无法访问时，已有内容不变。items.json 可由自己的程序取用。
//
//     node poll.mjs          取一次（Node 18 及以上，不需要安装任何包）
//     node poll.mjs --all    全部重新核对一遍：停用两个月以上再启用时运行

import { readFile, rename, writeFile } from 'node:fs/promises';

const FEED = 'https://hub.example.gov.cn/feeds/jinglan.json'; // 改成本单位的地址，以 .json 结尾
const FOLDER = new URL('.', import.meta.url);
const TIMEOUT = 10_000;
const LISTED = 10;
const READS_ALL = process.argv.includes('--all');

// 返回 null 表示没有变化（平台答复 304）。
async function get(url, etag = '') {
  const headers = etag ? { 'If-None-Match': etag } : {};
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT) });
  if (answer.status === 304) return null;
  if (answer.status === 410) return { feed: { items: [] }, etag: '' }; // 该订阅已停止提供
  if (!answer.ok) throw new Error(`平台答复 ${answer.status}`);
  return { feed: await answer.json(), etag: answer.headers.get('etag') };
}

// 逐页读取，读到没有变化的一条为止：各页按最后变化的先后排列，后面的都没有变化。
// 返回读到的全部条目，以及读到什么时间为止（0 表示已经读完）。
async function read(feed, held) {
  const listed = new Map();
  for (;;) {
    for (const item of feed.items) listed.set(item.id, item);
    if (!feed.next_url) return { listed, floor: 0 };
    const last = feed.items.at(-1);
    if (!READS_ALL && held[last.id]?.updated === last.date_modified) {
      return { listed, floor: Date.parse(last.date_modified) };
    }
    ({ feed } = await get(feed.next_url));
  }
}

async function poll(store) {
  const answer = await get(FEED, READS_ALL ? '' : store.etag);
  if (answer === null) return { store, changes: ['没有变化'] };
  const { listed, floor } = await read(answer.feed, store.items);
  const deleted = new Set((answer.feed._tongsheng?.deleted ?? []).map((stone) => stone.id));
  const items = {};
  const changes = [];
  for (const [id, item] of Object.entries(store.items)) {
    // 应当列出而没有列出的，是有效期已过；没有列出而且较旧的，只是翻到后面去了。
    const isGone = !listed.has(id) && (deleted.has(id) || Date.parse(item.updated) > floor);
    if (isGone) changes.push(`撤下 ${item.title}`);
    else items[id] = item;
  }
  for (const [id, item] of listed) {
    if (items[id]?.updated === item.date_modified) continue;
    changes.push(`${items[id] ? '更新' : '新增'} ${item.title}`);
    items[id] = {
      title: item.title,
      url: item.url,
      html: item.content_html, // 正文已由平台清除脚本和样式
      published: item.date_published,
      updated: item.date_modified,
    };
  }
  return { store: { etag: answer.etag, items }, changes };
}

function page(items) {
  const newest = Object.values(items).sort((a, b) => Date.parse(b.published) - Date.parse(a.published));
  const lines = newest.slice(0, LISTED).map((item) => `<li><a href="${text(item.url)}">${text(item.title)}</a></li>\n`);
  return `<!DOCTYPE html>\n<meta charset="utf-8">\n<title>转载信息</title>\n<ul>\n${lines.join('')}</ul>\n`;
}

// 标题是纯文本，写入网页前必须转义。
function text(plain) {
  const names = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return plain.replace(/[&<>"']/g, (sign) => names[sign]);
}

// 先写临时文件再改名：正在读的程序看到的始终是完整的内容。
async function save(name, content) {
  await writeFile(new URL(`${name}.new`, FOLDER), content);
  await rename(new URL(`${name}.new`, FOLDER), new URL(name, FOLDER));
}

async function load() {
  try {
    return JSON.parse(await readFile(new URL('items.json', FOLDER), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return { etag: '', items: {} }; // 第一次运行
    throw error;
  }
}

const before = await load();
try {
  const { store, changes } = await poll(before);
  await save('items.json', JSON.stringify(store));
  await save('list.html', page(store.items));
  console.log(changes.join('\n'));
} catch (error) {
  // 没有应答、应答不完整：下次再取。
  console.log('没有取到，已有内容不变：', error.cause?.message ?? error.message);
  process.exitCode = 1;
}
