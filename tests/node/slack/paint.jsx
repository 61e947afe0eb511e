// Paints messages and views in Slack's look; the page gets `window.payload`.
import React from 'react';
import { createRoot } from 'react-dom/client';
import { Message } from 'slack-blocks-to-jsx';
import 'slack-blocks-to-jsx/dist/style.css';

const Input = ({ block }) => {
  const options = block.element.options || [];
  return (
    <div style={{ margin: '12px 0' }}>
      <div style={{ fontWeight: 700, marginBottom: 6 }}>
        {block.label.text}
        {block.optional ? <span style={{ color: '#616061', fontWeight: 400 }}> (optional)</span> : null}
      </div>
      {options.map((one) => (
        <label key={one.value} style={{ display: 'block', margin: '3px 0' }}>
          <input type="radio" name={block.block_id} readOnly
            checked={block.element.initial_option?.value === one.value} />{' '}
          {one.text.text}
        </label>
      ))}
      {options.length === 0 ? (
        <div style={{ border: '1px solid #868686', borderRadius: 4, height: block.element.multiline ? 64 : 32 }} />
      ) : null}
    </div>
  );
};

const Blocks = ({ blocks }) => (
  <Message blocks={blocks} name="" time={new Date(0)} logo="" showBlockKitDebug={false} withoutWrapper />
);

const Modal = ({ view }) => (
  <div style={{ border: '1px solid #ddd', borderRadius: 8, width: 520, padding: 20 }}>
    <div style={{ fontSize: 22, fontWeight: 900, marginBottom: 12 }}>{view.title.text}</div>
    {view.blocks.map((block, place) =>
      block.type === 'input' ? <Input key={place} block={block} /> : <Blocks key={place} blocks={[block]} />)}
    <div style={{ textAlign: 'right', marginTop: 16 }}>
      <button style={{ padding: '8px 14px', marginRight: 8 }}>{view.close?.text}</button>
      {view.submit ? (
        <button style={{ padding: '8px 14px', background: '#007a5a', color: '#fff', border: 0, borderRadius: 4 }}>
          {view.submit.text}
        </button>
      ) : null}
    </div>
  </div>
);

const Page = ({ payload }) => {
  if (payload.type === 'modal') return <Modal view={payload} />;
  if (payload.type === 'home') {
    return <div style={{ width: 640 }}><Blocks blocks={payload.blocks} /></div>;
  }
  return (
    <div style={{ width: 640 }}>
      <Message blocks={payload.blocks} name="Maturity Coach" time={new Date(payload.at)} logo={payload.logo} />
    </div>
  );
};

createRoot(document.getElementById('root')).render(<Page payload={window.payload} />);
