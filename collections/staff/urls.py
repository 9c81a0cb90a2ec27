from django.urls import path

from staff.views import jobs, own, people, teams

urlpatterns = [
    path("", own.home, name="home"),
    path("sign-in/", own.SignIn.as_view(), name="login"),
    path("sign-out/", own.SignOut.as_view(), name="logout"),
    path("language/", own.set_language, name="set_language"),
    path("theme/", own.set_theme, name="set_theme"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person_change, name="person_change"),
    path("people/<int:pk>/work/", people.person_work, name="person_work"),
    path("teams/", teams.teams, name="teams"),
    path("teams/add/", teams.team_add, name="team_add"),
    path("teams/<int:pk>/", teams.team_change, name="team_change"),
    path("jobs/<int:pk>/", jobs.job_page, name="job_page"),
]
