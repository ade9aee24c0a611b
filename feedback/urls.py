from django.urls import URLPattern

app_name = "feedback"

ROUNDS: list[URLPattern] = []

urlpatterns = [*ROUNDS]
