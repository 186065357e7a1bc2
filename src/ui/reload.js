
(() => {
  const address = document.currentScript.dataset.reload;
  const listen = () => {
    const socket = new WebSocket(address);
    socket.onmessage = ({ data }) => {
      const news = JSON.parse(data);
      if (news.all || news.css || news.view) location.reload();
    };
    socket.onclose = () => setTimeout(listen, 1000);
  };
  listen();
})();
