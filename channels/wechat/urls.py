"""The addresses that the platform calls, below /wechat/."""

from django.urls import path

from channels.wechat.callbacks import callback

urlpatterns = [path("<slug:slug>/", callback, name="wechat_callback")]
