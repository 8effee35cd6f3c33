"""What `tests.bench.live` measures, each in a process of its own: our hub, and a stock Channels consumer."""

import argparse
import json
from typing import Any

import django
import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from peerhub.live.application import LiveApplication
from peerhub.live.registry import live_group
from peerhub.live.server import config


class Stock(AsyncWebsocketConsumer):  # type: ignore[misc]
    """What Channels' documentation shows: one consumer per socket, in a group of the layer."""

    async def receive(self, text_data: str = "", bytes_data: bytes = b"") -> None:
        self.group = json.loads(text_data)["group"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.send(text_data='{"type":"subscribed"}')

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def event(self, message: dict[str, Any]) -> None:
        await self.send(text_data=message["frame"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["hub", "stock"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--redis", required=True)
    options = parser.parse_args()
    layer = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [options.redis]}}
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        REDIS_URL=options.redis,
        LIVE_ALLOWED_ORIGINS=["http://127.0.0.1"],
        LANGUAGES=[("fr", "français"), ("en", "anglais")],
        LANGUAGE_CODE="fr",
        CHANNEL_LAYERS={"default": layer},
    )
    django.setup()
    if options.kind == "hub":
        live_group("bench")(lambda user_id, pk: True)
        uvicorn.Server(config("127.0.0.1", options.port, LiveApplication())).run()
    else:
        stock = Stock.as_asgi()
        uvicorn.run(stock, port=options.port, log_level="warning", access_log=False, lifespan="off", backlog=4096)


if __name__ == "__main__":
    main()
