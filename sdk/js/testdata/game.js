const server = new URL(location).searchParams.get("server");
window.server = server;
const { PartyKit } = await import(`${server}/sdk/v1/partykit.js`);
window.kit = await PartyKit.start({ game: "demo" });
